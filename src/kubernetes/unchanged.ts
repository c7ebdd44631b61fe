// Lists that have not changed since they were last asked for are not parsed again: a watched
// recovery asks every other second.
import type { KubeObject } from '#src/model/kube.ts'

/**
 * Larger answers are not kept, characters: they are asked for once in a look, not every other
 * second.
 */
const mostText = 1_000_000

/**
 * The items of a list's text, which has its resourceVersion before them; undefined for one page of
 * several.
 */
function itemsIn(body: string): string | undefined {
  const at = body.indexOf('"items":')
  return at < 0 || body.length > mostText || body.slice(0, at).includes('"continue"')
    ? undefined
    : body.slice(at)
}

/** What one session was last told, by path. */
export class Unchanged {
  readonly #known = new Map<string, { items: string; objects: readonly KubeObject[] }>()

  /**
   * The objects of the same list as last time; undefined when anything in it is different. They are
   * shared: nobody may change them.
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
