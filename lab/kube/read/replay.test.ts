// A list and the watches after it lead to the same objects as a later list: for random histories,
// selections, and breaks in between.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '#lab/kube/patch/json.ts'
import { isObject, listAt, textAt } from '#lab/kube/patch/json.ts'
import { pod, podsPath, request, testbed } from '#lab/kube/testbed.ts'

const name = fc.constantFrom('a', 'b', 'c', 'd')
const app = fc.constantFrom('web', 'db')

const step = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), name, app }),
  fc.record({ kind: fc.constant('label' as const), name, app }),
  fc.record({ kind: fc.constant('delete' as const), name }),
  fc.record({ kind: fc.constant('break' as const) }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Testbed = ReturnType<typeof testbed>

/** A client that lists pods and then watches them, and resumes its watch after a break. */
function watching(bed: Testbed, selector: string) {
  const known: Record<string, string> = {}
  let version = textAt(bed.ask('GET', podsPath).body, 'metadata', 'resourceVersion') ?? ''
  let stop: (() => void) | undefined
  const hear = (line: string): void => {
    const event: unknown = JSON.parse(line)
    if (!isObject(event)) throw new Error(`no event: ${line}`)
    const object: Json | undefined = event['object']
    const id = textAt(object, 'metadata', 'name') ?? ''
    version = textAt(object, 'metadata', 'resourceVersion') ?? version
    if (event['type'] === 'DELETED') delete known[id]
    else known[id] = textAt(object, 'metadata', 'labels', 'app') ?? ''
  }
  const open = (): (() => void) => {
    const response = bed.api.handle(
      request('GET', `${podsPath}?watch=true&resourceVersion=${version}${selector}`),
    )
    if (response.kind !== 'stream') throw new Error('expected a stream')
    return response.start(hear, () => undefined)
  }
  return {
    known,
    resume: () => {
      stop ??= open()
    },
    /** Stops the watch, or resumes it: changes in between come at the resumption. */
    breakOrResume: () => {
      if (stop === undefined) {
        stop = open()
        return
      }
      stop()
      stop = undefined
    },
  }
}

function apply(bed: Testbed, change: Exclude<Step, { kind: 'break' }>): void {
  switch (change.kind) {
    case 'create':
      bed.ask('POST', podsPath, pod(change.name, { app: change.app }))
      break
    case 'label':
      bed.mergePatch(`${podsPath}/${change.name}`, { metadata: { labels: { app: change.app } } })
      break
    case 'delete':
      bed.ask('DELETE', `${podsPath}/${change.name}`)
  }
}

/** The app of each pod in a list, by name. */
function listed(bed: Testbed, selector: string): Record<string, string | undefined> {
  const items = listAt(bed.ask('GET', `${podsPath}?${selector.slice(1)}`).body, 'items')
  return Object.fromEntries(
    items.map(item => [
      textAt(item, 'metadata', 'name') ?? '',
      textAt(item, 'metadata', 'labels', 'app'),
    ]),
  )
}

test('the events of a watch, resumed after each break, lead to the objects of a list', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, selecting) => {
      const bed = testbed()
      const selector = selecting ? '&labelSelector=app=web' : ''
      const client = watching(bed, selector)
      client.resume()
      for (const each of steps) {
        if (each.kind === 'break') client.breakOrResume()
        else apply(bed, each)
      }
      client.resume()
      expect(client.known).toEqual(listed(bed, selector))
    }),
    { seed: 20260101, numRuns: 200 },
  )
})
