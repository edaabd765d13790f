// The layers of ARCHITECTURE.md as a table. Imports point down only; `pnpm lint` fails otherwise.
const SERVER = '^packages/server/src'

/** Forbids imports from one set of paths to another. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const TESTS = '\\.(test|test-d|prop\\.test|contract|bench)\\.ts$'

module.exports = {
  forbidden: [
    forbid(
      'no-cycles',
      'A cycle means two modules are one, or that a third is missing.',
      {},
      { circular: true },
    ),
    forbid(
      'no-unresolved',
      'Every import must resolve; the peers of the bench are installed by it when it first runs.',
      { pathNot: '^bench/peers/' },
      { couldNotResolve: true },
    ),
    forbid(
      'protocol-imports-nobody',
      'L0: the protocol package knows neither side.',
      { path: '^packages/protocol/src', pathNot: TESTS },
      { path: '^(packages/(server|client)|examples|test|bench)/' },
    ),
    forbid(
      'protocol-is-pure',
      'L0: no node: modules.',
      { path: '^packages/protocol/src', pathNot: TESTS },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'client-and-server-never-meet',
      'They share the protocol package and nothing else.',
      { path: '^packages/client/src' },
      { path: '^packages/server/' },
    ),
    forbid(
      'server-and-client-never-meet',
      'They share the protocol package and nothing else.',
      { path: SERVER },
      { path: '^packages/client/' },
    ),
    forbid(
      'client-is-for-browsers',
      'No node: modules and no zod in the bundle.',
      { path: '^packages/client/src', pathNot: TESTS },
      { path: ['/zod/', '/msgpackr/'], dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'client-has-no-node',
      'No node: modules.',
      { path: '^packages/client/src', pathNot: TESTS },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'L1-sans-io',
      'websocket/protocol/ is bytes in, events out: it imports itself and util/ only, never node:.',
      { path: `${SERVER}/websocket/protocol/`, pathNot: TESTS },
      { pathNot: [`${SERVER}/websocket/protocol/`, `${SERVER}/util/`] },
    ),
    forbid(
      'L0-bottom',
      'clock, logger, random, errors and util stand on nothing of the server.',
      { path: `${SERVER}/(util/|clock|logger|random|errors)`, pathNot: TESTS },
      { path: SERVER, pathNot: `${SERVER}/(util/|clock|logger|random|errors)` },
    ),
    forbid(
      'L2-websocket-shell',
      'websocket/ knows nothing of rooms.',
      { path: `${SERVER}/websocket/`, pathNot: TESTS },
      {
        path: [
          `${SERVER}/(transport|broker|presence|control|redis|session|hub|routing|adapters|testing)/`,
          `${SERVER}/server`,
          '^packages/protocol',
        ],
      },
    ),
    forbid(
      'L3-seams',
      'transport/, broker/, presence/ and control/ know nothing above them and nothing of each other.',
      { path: `${SERVER}/(transport|broker|presence|control)/`, pathNot: TESTS },
      { path: `${SERVER}/(session|hub|routing|adapters|testing)/|${SERVER}/server` },
    ),
    forbid(
      'L3-broker-alone',
      'broker/ does not know transport/ or presence/.',
      { path: `${SERVER}/broker/` },
      { path: `${SERVER}/(transport|presence|websocket)/` },
    ),
    forbid(
      'L3-presence-alone',
      'presence/ does not know transport/ or broker/.',
      { path: `${SERVER}/presence/` },
      { path: `${SERVER}/(transport|broker|websocket)/` },
    ),
    forbid(
      'L3-control-alone',
      'control/ does not know transport/, broker/ or presence/.',
      { path: `${SERVER}/control/` },
      { path: `${SERVER}/(transport|broker|presence|websocket)/` },
    ),
    forbid(
      'L4-interfaces-only',
      'session/, hub/ and routing/ know the interfaces of L3, never an implementation, redis or websocket.',
      { path: `${SERVER}/(session|hub|routing)/`, pathNot: TESTS },
      {
        path: `${SERVER}/(websocket|redis|adapters|testing)/|${SERVER}/(broker|presence|transport|control)/(memory|local|redis|websocket)-|${SERVER}/server`,
      },
    ),
    forbid(
      'hub-does-not-know-session',
      'hub/ owns the Subscriber interface that sessions implement.',
      { path: `${SERVER}/hub/` },
      { path: `${SERVER}/session/` },
    ),
    forbid(
      'node-only-at-the-edges',
      'node: is allowed in websocket/ (its shell), redis/, adapters/ and the files that wrap an effect.',
      { path: `${SERVER}/(transport|broker|presence|control|session|hub|routing|util)/`, pathNot: TESTS },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'adapters-are-edges',
      'Only entry points import adapters.',
      { path: SERVER, pathNot: [`${SERVER}/(adapters|testing)/`, `${SERVER}/(index|server|fastify)`] },
      { path: `${SERVER}/adapters/` },
    ),
    forbid(
      'no-test-code-in-products',
      'Products do not import tests.',
      { path: '^packages/[^/]+/src', pathNot: [TESTS, '/testing/'] },
      { path: ['^test/', '^bench/', '^examples/', '\\.(test|contract)\\.ts$'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.)' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@roomcast/source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
