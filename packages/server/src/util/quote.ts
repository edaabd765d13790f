// JSON text for strings that nearly always need no escapes.

/** Printable ASCII but for the quotation mark and the backslash: what stands for itself in JSON. */
const STANDS_FOR_ITSELF = /^[ !#-[\]-~]*$/

/** What `JSON.stringify` makes of a string, at a third of its price for ids and names. */
export const quote = (text: string): string =>
  STANDS_FOR_ITSELF.test(text) ? `"${text}"` : JSON.stringify(text)
