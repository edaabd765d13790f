/** Something that a peer of the interop tests needs and this machine does not have. */
export interface MissingRequirement {
  readonly name: string
  /** Debian's packages that bring it. */
  readonly packages: readonly string[]
}

/** What is missing on this machine, with the packages that bring it. */
export function findMissing(): readonly MissingRequirement[]
