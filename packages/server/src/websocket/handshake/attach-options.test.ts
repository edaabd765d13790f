import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { describe, expect, it } from 'vitest'
import { resolveAttachOptions } from './attach-options.ts'
import type { AnyHttpServer } from './upgrade-dispatcher.ts'

const server = createServer()

/** What Express and Koa make: emitters that listen, but no servers. */
const express = Object.assign(() => {}, { on() {}, emit() {}, listen() {} })
const koa = Object.assign(new EventEmitter(), { listen() {} })

describe('resolveAttachOptions', () => {
  it('fills in the defaults', () => {
    const defaults = { path: '/default', http2: false }
    expect(resolveAttachOptions(server, undefined, '/default')).toEqual(defaults)
    expect(resolveAttachOptions(server, { path: undefined, http2: undefined }, '/default')).toEqual(defaults)
    expect(resolveAttachOptions(createHttp2Server(), { path: '*', http2: true }, '/')).toEqual({
      path: '*',
      http2: true,
    })
  })

  it.each([
    ['an Express app', express],
    ['a Koa app', koa],
    ['a port', 8080],
    ['null', null],
    ['nothing', undefined],
    ['an object', {}],
  ])('wants an HTTP server, not %s', (_name, thing) => {
    const attach = () => resolveAttachOptions(thing as AnyHttpServer, {}, '/')
    expect(attach).toThrow(TypeError)
    expect(attach).toThrow(/^attach needs an HTTP server, such as http\.createServer\(\) returns\. .*Express/)
  })

  it.each(['chat', '', '/a?b=1', '/a#b', '/*?', '**', 5, null])('refuses the path %o', (path) => {
    const attach = () => resolveAttachOptions(server, { path: path as string }, '/')
    expect(attach).toThrow(
      new TypeError(
        `The path to attach at must begin with "/" and have no "?" or "#", or be "*" for every path, not ${JSON.stringify(path)}.`,
      ),
    )
  })

  it.each([
    ['/chat', 'attach takes an object of options, not "/chat".'],
    [null, 'attach takes an object of options, not null.'],
    [{ pth: '/' }, 'attach has no option "pth"; there are path, http2.'],
    [{ http2: 'yes' }, '`http2` must be true or false, not "yes".'],
  ])('refuses the options %o', (options, message) => {
    expect(() => resolveAttachOptions(server, options as object, '/')).toThrow(new TypeError(message))
  })
})
