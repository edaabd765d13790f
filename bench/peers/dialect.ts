// How clients speak to one server.
export interface Dialect {
  readonly path: string
  readonly headers: readonly string[]
  readonly opcode: 'text' | 'binary'
  readonly hello: readonly { readonly send?: string; readonly expect?: string }[]
  readonly publisherPath?: string
  readonly publish: string
  readonly delivery: string
  readonly ack?: string
  readonly ping?: string
  readonly pong?: string
}
