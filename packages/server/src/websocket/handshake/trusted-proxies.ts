// Which peers may say on whose behalf they connect.
import { BlockList, isIP, isIPv4 } from 'node:net'
import { normalizeAddress } from './ip-address.ts'

const EXPECTED =
  "`trustedProxies` is a list of addresses ('10.0.0.7', '2001:db8::7'), networks ('10.0.0.0/8', 'fd00::/8'), 'loopback' or 'unix'"

/** What `trustedProxies` names. */
export class TrustedProxies {
  readonly #addresses = new BlockList()
  #trustsUnix = false
  /** Asking an empty list costs more than all else that is done about an address. */
  #hasNetworks = false

  /** @throws {TypeError} for an entry that names nothing, saying what would. */
  constructor(entries: readonly string[]) {
    if (!(entries instanceof Array)) throw nonsense(entries)
    for (const entry of entries) this.#add(entry)
  }

  /** Whether it trusts nobody. */
  get isEmpty(): boolean {
    return !this.#trustsUnix && !this.#hasNetworks
  }

  /** Whether what comes from this address is a proxy's; undefined stands for a Unix socket. */
  trusts(address: string | undefined): boolean {
    if (address === undefined) return this.#trustsUnix
    if (!this.#hasNetworks) return false
    const normalized = normalizeAddress(address)
    return normalized !== undefined && this.#addresses.check(normalized, familyOf(normalized))
  }

  #add(entry: string): void {
    if (entry === 'unix') {
      this.#trustsUnix = true
      return
    }
    this.#hasNetworks = true
    if (entry === 'loopback') {
      this.#addresses.addSubnet('127.0.0.0', 8, 'ipv4')
      this.#addresses.addAddress('::1', 'ipv6')
    } else {
      this.#addNetwork(entry)
    }
  }

  #addNetwork(entry: string): void {
    const [text = '', bits, ...rest] = typeof entry === 'string' ? entry.split('/') : []
    const address = normalizeAddress(text)
    if (address === undefined || text.includes('%') || rest.length > 0) throw nonsense(entry)
    // In front of a mapped address, the bits count from the beginning of the IPv6 address.
    const shift = isIPv4(address) && isIP(text) === 6 ? 96 : 0
    const width = isIPv4(address) ? 32 : 128
    const prefix = bits === undefined ? width : Number(bits) - shift
    const isPrefix = bits === undefined || String(Number(bits)) === bits
    if (!isPrefix || !(prefix >= 0 && prefix <= width)) throw nonsense(entry)
    this.#addresses.addSubnet(address, prefix, familyOf(address))
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6')

const nonsense = (entry: unknown): TypeError => new TypeError(`${EXPECTED}, not ${JSON.stringify(entry)}.`)
