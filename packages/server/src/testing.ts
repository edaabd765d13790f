// The entry point `@roomcast/server/testing`: for the tests of applications.

// A server without sockets
export { createTestBench } from './testing/test-bench.ts'
export type { TestBench, TestBenchOptions } from './testing/test-bench.ts'
export type {
  TestClientOptions,
  TestNetwork,
  TestRequest,
  TestTransport,
  TestTransportConnection,
  TestTransportHandlers,
} from './testing/test-network.ts'

// Effects
export { FakeClock } from './testing/fake-clock.ts'
export { RecordingLogger } from './testing/recording-logger.ts'
export type { LogEntry } from './testing/recording-logger.ts'
export { SeededRandom } from './testing/seeded-random.ts'
