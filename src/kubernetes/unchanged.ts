// Does not parse a list again that has not changed since the last request: a watched recovery lists
// every other second.
import type { KubeObject } from '#src/model/kube.ts'

/**
 * The longest answer that is kept, characters. An evaluation asks for a larger one once, not every
 * other second.
 */
const mostText = 1_000_000

/**
 * The text of a list from its items on; its resourceVersion precedes them. Undefined for one page
 * of several.
 */
function itemsIn(body: string): string | undefined {
  const at = body.indexOf('"items":')
  return at < 0 || body.length > mostText || body.slice(0, at).includes('"continue"')
    ? undefined
    : body.slice(at)
}

/** The last lists of one session, by path and query. */
export class Unchanged {
  readonly #known = new Map<string, { items: string; objects: readonly KubeObject[] }>()

  /**
   * The objects of the last list if it is the same; undefined if anything in it differs. Callers
   * share the objects and must not change them.
   */
  same(key: string, body: string): readonly KubeObject[] | undefined {
    const known = this.#known.get(key)
    return known !== undefined && known.items === itemsIn(body) ? known.objects : undefined
  }

  remember(key: string, body: string, objects: readonly KubeObject[]): void {
    const items = itemsIn(body)
    if (items === undefined) this.#known.delete(key)
    else this.#known.set(key, { items, objects })
  }
}
