// What there is to measure, as `pnpm bench --list` prints it.

/** As much of a workload as a list shows. */
interface Listed {
  readonly name: string
  readonly title: string
  readonly entries: readonly { readonly subject: string; readonly key?: string }[]
}

/** Each workload with the keys of its rows. */
export function describeWorkloads(workloads: readonly Listed[]): string {
  return workloads
    .map(({ name, title, entries }) => {
      const keys = entries.map(({ subject, key }) => key ?? subject)
      return `${name.padEnd(4)} ${title}\n     ${keys.join(', ')}`
    })
    .join('\n')
}
