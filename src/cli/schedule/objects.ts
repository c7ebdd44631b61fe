// The parts of a timer that are objects of the cluster: compared and applied by the API server.
import { stringify } from 'yaml'
import { differences, withoutServerSide } from '#src/gate/difference.ts'
import { callOf } from '#src/commands/call.ts'
import { openKube, type Kube, type Resource } from '#src/kubernetes/client.ts'
import { pathOf } from '#src/kubernetes/kinds.ts'
import { apiVersionOf, builtinKinds, kindOf, type Kind } from '#src/model/kinds.ts'
import {
  errorMessage,
  objectLabel,
  type KubeObject,
  type Part,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { Found, Place } from './place.ts'

/** Deadline of one request, ms. @source src/engine/evaluate/observe.ts: deadline of a question */
const patience = 10_000

/** The kinds of which a timer may consist, in the order in which they can be removed. */
const kinds = [
  'cronjobs',
  'configmaps',
  'clusterrolebindings',
  'rolebindings',
  'clusterroles',
  'roles',
  'serviceaccounts',
].map(plural => kindOf(plural))

const kindAt = ({ apiVersion, kind }: KubeObject): Kind => {
  const found = builtinKinds.find(one => apiVersionOf(one) === apiVersion && one.kind === kind)
  if (found === undefined) throw new TypeError(`no kind ${kind} of ${apiVersion}`)
  return found
}

const nameOf = ({ kind, metadata: { namespace, name } }: KubeObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`

/** An object as people write it. */
export const yamlOf = (object: unknown): string =>
  stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })

const label = `${objectLabel.name}=${objectLabel.value}`
const isOurs = ({ metadata: { labels = {} } }: KubeObject): boolean =>
  labels[objectLabel.name] === objectLabel.value

const bodyOf = (body: string): KubeObject => JSON.parse(body) as KubeObject

function messageIn(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: unknown }).message)
  } catch {
    return body.slice(0, 200)
  }
}

/** Compares one part with what the API server has, and with what it would make of it. */
async function look(kube: Kube, part: Part): Promise<Found> {
  if (part.kind !== 'object') throw new TypeError('a file is no object')
  const { object, shared = false } = part
  const resource = kindAt(object)
  const { namespace, name } = object.metadata
  const about = { part, name: nameOf(object), after: yamlOf(object) }
  const live = await kube.get(resource, name, namespace)
  if (live === undefined) return { ...about, state: 'absent', before: '' }
  const before = yamlOf(withoutServerSide(live))
  if (shared) return { ...about, state: 'left', before }
  if (!isOurs(live)) return { ...about, state: 'foreign', before }
  const path = pathOf(resource, { ...(namespace === undefined ? {} : { namespace }), name })
  const { status, body } = await kube.preview(path, object)
  if (status >= 300) throw new UsageError(`${about.name} would be refused: ${messageIn(body)}.`)
  const planned = withoutServerSide(bodyOf(body))
  const same = differences(withoutServerSide(live), planned).length === 0
  return { ...about, state: same ? 'same' : 'different', before, after: yamlOf(planned) }
}

/** Objects with our label that are no part. */
async function strays(kube: Kube, parts: readonly Part[]): Promise<readonly Found[]> {
  const wanted = new Set(parts.flatMap(part => (part.kind === 'object' ? nameOf(part.object) : [])))
  const lists = await Promise.all(
    kinds.map(kind => kube.list(kind as Resource, { labelSelector: label })),
  )
  return lists.flat().flatMap((object): Found[] => {
    const name = nameOf(object)
    const before = yamlOf(withoutServerSide(object))
    const about = { part: { kind: 'object', object }, name, before, after: '' } as const
    return wanted.has(name) ? [] : [{ ...about, state: 'different' }]
  })
}

const objectIn = ({ part }: Found): KubeObject => {
  if (part.kind !== 'object') throw new TypeError('a file is no object')
  return part.object
}

/** Objects of the policy's cluster. */
export function objectPlace(runtime: Runtime, policy: Policy): Place {
  const open = () => openKube(callOf({ runtime }, patience), policy.identity)
  const asked = async <T>(work: (kube: Kube) => Promise<T>): Promise<T> => {
    try {
      return await work(await open())
    } catch (error) {
      if (error instanceof UsageError || error instanceof TypeError) throw error
      throw new UsageError(`The cluster ${policy.cluster}: ${errorMessage(error)}.`)
    }
  }
  return {
    look: parts => asked(kube => Promise.all(parts.map(part => look(kube, part)))),
    strays: parts => asked(kube => strays(kube, parts)),
    put: found =>
      asked(async kube => {
        const object = objectIn(found)
        const { namespace, name } = object.metadata
        const at = { ...(namespace === undefined ? {} : { namespace }), name }
        const { status, body } = await kube.apply(pathOf(kindAt(object), at), object)
        if (status >= 300)
          throw new UsageError(`${found.name} was refused: ${messageIn(body)}. Earlier ones stay.`)
      }),
    remove: found =>
      asked(async kube => {
        const object = objectIn(found)
        const { namespace, name } = object.metadata
        await kube.remove(kindAt(object), name, namespace, { propagation: 'Background' })
      }),
  }
}
