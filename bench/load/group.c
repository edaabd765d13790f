// The connections of one group, and its first failure.
#include "group.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "echo.h"

struct group *group_create(unsigned id) {
  struct group *group = calloc(1, sizeof *group);
  group->id = id;
  group->number = 1000;
  return group;
}

static void connection_free(struct connection *connection) {
  connection_reset(connection);
  echo_free(connection);
  free(connection->carry);
  free(connection->out.at);
  free(connection->captured);
}

void group_free(struct group *group) {
  for (uint32_t index = 0; group->members != NULL && index < group->count; index++) {
    connection_free(&group->members[index]);
  }
  for (uint32_t room = 0; group->publishers != NULL && room < group->rooms; room++) {
    if (group->publishers[room] == NULL) continue;
    connection_free(group->publishers[room]);
    free(group->publishers[room]);
  }
  dialect_free(&group->dialect);
  free(group->members);
  free(group->publishers);
  free(group->failure);
  free(group);
}

uint32_t members_of(const struct group *group, uint32_t room) {
  return group->count / group->rooms + (room < group->count % group->rooms ? 1 : 0);
}

void fail(struct group *group, const char *format, ...) {
  if (group->failure != NULL) return;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&group->failure, format, arguments) < 0) abort();
  va_end(arguments);
}
