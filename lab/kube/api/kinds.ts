// The kinds that the API serves, and their paths.
import type { Store } from '#lab/kernel/store.ts'
import { asJson, at, listAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import { apiVersionOf, builtinKinds, standardVerbs, type Kind } from '#src/model/kinds.ts'

export { apiVersionOf, builtinKinds, type Kind } from '#src/model/kinds.ts'

const builtinByPath = new Map(
  builtinKinds.map(kind => [`${apiVersionOf(kind)}/${kind.plural}`, kind]),
)
const builtinByKind = new Map(
  builtinKinds.filter(kind => kind.form === undefined).map(kind => [kind.kind, kind]),
)

/** A built-in kind, or undefined for an unknown one. */
export const builtinKind = (kind: string): Kind | undefined => builtinByKind.get(kind)

/** The kinds of the stored CustomResourceDefinitions. */
export function customKinds(store: Store): Kind[] {
  return store.list('CustomResourceDefinition').flatMap(stored => {
    const definition = asJson(stored)
    const plural = textAt(definition, 'spec', 'names', 'plural')
    const kind = textAt(definition, 'spec', 'names', 'kind')
    const group = textAt(definition, 'spec', 'group')
    if (plural === undefined || kind === undefined || group === undefined) return []
    return listAt(definition, 'spec', 'versions')
      .filter(version => version['served'] === true)
      .map((version): Kind => ({
        group,
        version: textAt(version, 'name') ?? 'v1',
        plural,
        kind,
        namespaced: textAt(definition, 'spec', 'scope') !== 'Cluster',
        short: textsAt(definition, 'spec', 'names', 'shortNames'),
        verbs: standardVerbs,
        categories: textsAt(definition, 'spec', 'names', 'categories'),
        status: at(version, 'subresources', 'status') !== undefined,
        scale: false,
        custom: true,
        declared: false,
      }))
  })
}

/** The kind that is served under a group, version and plural name. */
export function kindAt(
  store: Store,
  group: string,
  version: string,
  plural: string,
): Kind | undefined {
  const api = apiVersionOf({ group, version })
  return (
    builtinByPath.get(`${api}/${plural}`) ??
    customKinds(store).find(
      kind => kind.group === group && kind.version === version && kind.plural === plural,
    )
  )
}
