// The load generator: WebSocket connections to several servers, what they send, and what it costs the servers, in one thread
// that does as little as it can. Reads commands from stdin (harness/commands.ts) and answers each with a line of JSON.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "crowd.h"
#include "stats.h"
#include "windows.h"

#define WANTED_FILES 65536

static struct group *groups;

// A command: its name, and fields in their order.
struct field {
  char *key;
  struct text value;
};

struct command {
  char *name;
  struct field *fields;
  unsigned count, capacity;
};

// --- reading commands ---

// \\, \n and \r stand for themselves.
static size_t unescape(char *at, size_t length) {
  size_t written = 0;
  for (size_t index = 0; index < length; index++) {
    char c = at[index];
    if (c == '\\' && index + 1 < length) {
      c = at[++index];
      if (c == 'n') c = '\n';
      else if (c == 'r') c = '\r';
    }
    at[written++] = c;
  }
  at[written] = 0;
  return written;
}

static void add_field(struct command *command, const char *line, size_t length) {
  const char *equals = memchr(line, '=', length);
  if (equals == NULL) return;
  if (command->count == command->capacity) {
    command->capacity = command->capacity * 2 + 16;
    command->fields = realloc(command->fields, command->capacity * sizeof *command->fields);
  }
  struct field *field = &command->fields[command->count++];
  field->key = text_copy(line, (size_t)(equals - line)).at;
  field->value = text_copy(equals + 1, length - (size_t)(equals + 1 - line));
  field->value.length = unescape(field->value.at, field->value.length);
}

// False at the end of the input.
static bool read_command(struct command *command) {
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  while ((length = getline(&line, &size, stdin)) > 0) {
    if (line[length - 1] == '\n') line[--length] = 0;
    if (command->name == NULL) command->name = text_copy(line, (size_t)length).at;
    else if (length > 0) add_field(command, line, (size_t)length);
    else break;
  }
  free(line);
  return length >= 0;
}

static void free_command(struct command *command) {
  for (unsigned index = 0; index < command->count; index++) {
    free(command->fields[index].key);
    free(command->fields[index].value.at);
  }
  free(command->fields);
  free(command->name);
}

static const char *value_of(const struct command *command, const char *key) {
  for (unsigned index = 0; index < command->count; index++) {
    if (strcmp(command->fields[index].key, key) == 0) return command->fields[index].value.at;
  }
  return "";
}

static double number_of(const struct command *command, const char *key) { return atof(value_of(command, key)); }

static unsigned count_of(const struct command *command, const char *key) { return (unsigned)number_of(command, key); }

// --- groups ---

static struct group *find_group(unsigned id) {
  struct group *group = groups;
  while (group != NULL && group->id != id) group = group->next;
  return group;
}

static void remove_group(struct group *group) {
  struct group **link = &groups;
  while (*link != group) link = &(*link)->next;
  *link = group->next;
  group_free(group);
}

static void open_group(const struct command *command) {
  struct group *group = group_create(count_of(command, "group"));
  int64_t begun = now_ns();
  group->next = groups;
  groups = group;
  group->port = (uint16_t)count_of(command, "port");
  group->pid = (pid_t)count_of(command, "pid");
  group->count = count_of(command, "connections");
  group->rooms = count_of(command, "rooms");
  group->at_once = count_of(command, "atOnce");
  if (group->rooms == 0 || group->at_once == 0) fail(group, "A group has at least one room and one connection at once.");
  for (unsigned index = 0; index < command->count; index++) {
    const char *error = dialect_take(&group->dialect, command->fields[index].key, command->fields[index].value);
    if (error != NULL) fail(group, "This is no dialect: %s.", error);
  }
  group->members = calloc(group->count + 1, sizeof *group->members);
  group->publishers = calloc(group->rooms + 1, sizeof *group->publishers);
  for (uint32_t index = 0; index < group->count; index++) {
    connection_prepare(&group->members[index], group, MEMBER, index, index % (group->rooms + !group->rooms));
  }
  if (group->failure == NULL && crowd_open(group)) {
    answer_ok(",\"seconds\":%.6f", (double)(now_ns() - begun) / NS_PER_S);
    return;
  }
  answer_error("%s", group->failure);
  remove_group(group);
}

static enum pace pace_of(const char *mode) {
  if (strcmp(mode, "saturated") == 0) return SATURATED;
  if (strcmp(mode, "lockStep") == 0) return LOCK_STEP;
  return strcmp(mode, "once") == 0 ? ONCE : PACED;
}

static void run_window(const struct command *command, struct group *group) {
  struct window_options options = {
      .warm_up_seconds = number_of(command, "warmUp"), .seconds = number_of(command, "seconds"),
      .bytes = count_of(command, "bytes"), .is_json = strcmp(value_of(command, "payload"), "json") == 0,
      .pace = pace_of(value_of(command, "mode")), .rate = number_of(command, "rate"),
      .burst = count_of(command, "burst"), .outstanding = count_of(command, "outstanding"),
      .depth = count_of(command, "depth"), .has_latency = count_of(command, "latency") != 0,
      .waits = count_of(command, "waits") != 0};
  if (strcmp(command->name, "fanout") == 0) run_fanout(group, &options);
  else if (strcmp(command->name, "everyone") == 0) run_everyone(group, &options);
  else if (strcmp(command->name, "echo") == 0) run_echo(group, &options);
  else if (strcmp(command->name, "idle") == 0) run_idle(group, &options);
  else answer_error("There is no command %s.", command->name);
}

static void run_command(const struct command *command) {
  if (strcmp(command->name, "hello") == 0) {
    answer_ok("%s", "");
    return;
  }
  if (strcmp(command->name, "open") == 0) {
    open_group(command);
    return;
  }
  struct group *group = find_group(count_of(command, "group"));
  if (group == NULL) {
    answer_error("There is no group %s.", value_of(command, "group"));
  } else if (strcmp(command->name, "close") == 0) {
    remove_group(group);
    answer_ok("%s", "");
  } else if (group->failure != NULL) {
    answer_error("%s", group->failure);
  } else if (strcmp(command->name, "handshakes") == 0) {
    run_handshakes(group, &(struct handshakes_options){.warm_up_seconds = number_of(command, "warmUp"),
                                                       .seconds = number_of(command, "seconds"),
                                                       .in_flight = count_of(command, "inFlight")});
  } else if (strcmp(command->name, "storm") == 0) {
    run_storm(group, &(struct storm_options){.is_return = strcmp(value_of(command, "part"), "return") == 0,
                                             .seconds = number_of(command, "seconds"),
                                             .missed = count_of(command, "missed"),
                                             .at_once = count_of(command, "atOnce")});
  } else {
    run_window(command, group);
  }
}

// As many as the system allows: more than there may be now if we are root.
static void raise_file_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < WANTED_FILES && setrlimit(RLIMIT_NOFILE, &(struct rlimit){WANTED_FILES, WANTED_FILES}) == 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Naps of 0.5 ms, not of 0.55.
  prctl(PR_SET_TIMERSLACK, 1);
  raise_file_limit();
  // events_wait() has to see each command, so stdio must not read ahead.
  setvbuf(stdin, NULL, _IONBF, 0);
  events_open();
  events_add_input(STDIN_FILENO);
  for (;;) {
    // Pings are answered between commands too.
    while (!events_wait(-1)) continue;
    struct command command = {0};
    bool has_more = read_command(&command);
    if (has_more && command.name != NULL) run_command(&command);
    free_command(&command);
    if (!has_more) break;
  }
  while (groups != NULL) remove_group(groups);
  return 0;
}
