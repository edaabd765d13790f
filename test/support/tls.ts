// A certificate for this machine, made anew for each process: no private key is kept in the repository.
import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

let certificate: Promise<Certificate> | undefined

/** A self-signed certificate for `localhost` and 127.0.0.1, in PEM. */
export function localCertificate(): Promise<Certificate> {
  return (certificate ??= makeCertificate())
}

async function makeCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key, cert }
}
