// How each proxy is started in the foreground, and what must be around the guide's file when nothing else is.
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProxyProgram } from './proxy-peer.ts'

export const nginx: ProxyProgram = {
  guideFile: 'nginx.conf',
  lacks: {
    http2: 'nginx does not accept WebSockets over HTTP/2',
    'http2-backend': 'nginx 1.22 speaks HTTP/1.1 to servers',
  },
  async command(configFile, folder) {
    // Debian's own places belong to root.
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    const temporary = places.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')
    const main = join(folder, 'main.conf')
    await writeFile(
      main,
      `daemon off; worker_processes 1; pid ${join(folder, 'pid')}; error_log stderr warn;
       events {} http { access_log off; ${temporary} include ${configFile}; }`,
    )
    return ['/usr/sbin/nginx', '-p', folder, '-e', 'stderr', '-c', main]
  },
}

export const haproxy: ProxyProgram = {
  guideFile: 'haproxy.cfg',
  lacks: {},
  withHttp2Backend: (guideFile) => guideFile.replace('127.0.0.1:${BACKEND_PORT}', '$& proto h2'),
  command: async (configFile) => ['/usr/sbin/haproxy', '-db', '-f', configFile],
}

export const caddy: ProxyProgram = {
  guideFile: 'Caddyfile',
  lacks: {
    http2: 'Caddy accepts WebSockets over HTTP/2 from 2.9 on; Debian has 2.6',
    'http2-backend': 'Caddy opens WebSockets over HTTP/1.1 only',
    'idle-timeout': 'Caddy never ends an open WebSocket by itself',
  },
  command: async (configFile) => ['/usr/bin/caddy', 'run', '--adapter', 'caddyfile', '--config', configFile],
}

const APACHE_MODULES = '/usr/lib/apache2/modules'

export const apache: ProxyProgram = {
  guideFile: 'apache.conf',
  lacks: {
    'http2-backend': 'mod_proxy opens WebSockets over HTTP/1.1 only',
  },
  async command(configFile, folder) {
    const there = await readdir(APACHE_MODULES)
    const load = [
      'mpm_event',
      'authz_core',
      'proxy',
      'proxy_http',
      'headers',
      'ssl',
      'http2',
      'socache_shmcb',
    ]
      .filter((name) => there.includes(`mod_${name}.so`))
      .map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`)
    const main = join(folder, 'main.conf')
    await writeFile(
      main,
      `${load.join('\n')}
       ServerRoot ${folder}
       DefaultRuntimeDir ${folder}
       PidFile ${join(folder, 'pid')}
       ErrorLog ${join(folder, 'error.log')}
       ServerName localhost
       User www-data
       Group www-data
       Include ${configFile}
      `,
    )
    return ['/usr/sbin/apache2', '-DFOREGROUND', '-f', main]
  },
}
