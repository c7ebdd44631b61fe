// Whoever lists and then watches knows what is there: for random histories, selections, and breaks
// in between.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '#lab/kube/patch/json.ts'
import { isObject, textAt } from '#lab/kube/patch/json.ts'
import { pod, podsPath, request, testbed } from '#lab/kube/testbed.ts'

const name = fc.constantFrom('a', 'b', 'c', 'd')
const app = fc.constantFrom('web', 'db')

const step = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), name, app }),
  fc.record({ kind: fc.constant('label' as const), name, app }),
  fc.record({ kind: fc.constant('delete' as const), name }),
  fc.record({ kind: fc.constant('break' as const) }),
)

test('the events of a watch, resumed after each break, lead to what a list says', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, selecting) => {
      const bed = testbed()
      const selector = selecting ? '&labelSelector=app=web' : ''
      const known = new Map<string, string>()
      let version = textAt(bed.ask('GET', podsPath).body, 'metadata', 'resourceVersion') ?? ''
      const hear = (line: string) => {
        const event: unknown = JSON.parse(line)
        if (!isObject(event)) throw new Error(`no event: ${line}`)
        const object: Json | undefined = event['object']
        const id = textAt(object, 'metadata', 'name') ?? ''
        version = textAt(object, 'metadata', 'resourceVersion') ?? version
        if (event['type'] === 'DELETED') known.delete(id)
        else known.set(id, textAt(object, 'metadata', 'labels', 'app') ?? '')
      }
      const open = () => {
        const response = bed.api.handle(
          request('GET', `${podsPath}?watch=true&resourceVersion=${version}${selector}`),
        )
        if (response.kind !== 'stream') throw new Error('expected a stream')
        return response.start(hear, () => undefined)
      }
      let stop: (() => void) | undefined = open()
      for (const each of steps) {
        switch (each.kind) {
          case 'create':
            bed.ask('POST', podsPath, pod(each.name, { app: each.app }))
            break
          case 'label':
            bed.ask(
              'PATCH',
              `${podsPath}/${each.name}`,
              { metadata: { labels: { app: each.app } } },
              'application/merge-patch+json',
            )
            break
          case 'delete':
            bed.ask('DELETE', `${podsPath}/${each.name}`)
            break
          case 'break':
            // What happens between a break and the next is heard at the resumption.
            if (stop === undefined) stop = open()
            else {
              stop()
              stop = undefined
            }
        }
      }
      stop ??= open()
      const listed = bed.ask('GET', `${podsPath}?${selector.slice(1)}`).body
      const items = isObject(listed) && Array.isArray(listed['items']) ? listed['items'] : []
      expect(Object.fromEntries(known)).toEqual(
        Object.fromEntries(
          items.map(item => [
            textAt(item, 'metadata', 'name'),
            textAt(item, 'metadata', 'labels', 'app'),
          ]),
        ),
      )
    }),
    { seed: 20260101, numRuns: 200 },
  )
})
