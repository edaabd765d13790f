// What a browser says about the network. Hints only: `online` may be wrong, and no verdict is based on them.

/** What hints lead to. */
export interface NetworkHandlers {
  /** The network may be back: do not wait any longer. */
  wake(): void
  /** The connection may be dead: ask. */
  doubt(): void
}

/** Where hints come from. Outside a browser they are missing, and so are the hints. */
export interface HintSources {
  readonly addEventListener?: EventTarget['addEventListener']
  readonly document?: EventTarget & { readonly visibilityState: string }
}

/** Listens until the returned function is called. */
export function watchNetwork(
  handlers: NetworkHandlers,
  { addEventListener, document }: HintSources = globalThis,
): () => void {
  const controller = new AbortController()
  const { signal } = controller
  addEventListener?.('online', () => handlers.wake(), { signal })
  addEventListener?.('offline', () => handlers.doubt(), { signal })
  const visible = (): void => {
    if (document?.visibilityState === 'visible') handlers.wake()
  }
  document?.addEventListener('visibilitychange', visible, { signal })
  return () => controller.abort()
}
