// Images: pulled, present, missing; with the texts and back-offs of a kubelet.
import { describe, expect, test } from 'vitest'
import { wrapped } from '#lab/node/fixture-history.ts'
import { pullFails, pushedOf } from './images.ts'
import type { NodeFixture } from '#lab/node/fixture.ts'
import { createFixture } from '#lab/node/fixture.ts'

function world(
  image: string,
  prepare: (world: NodeFixture) => void,
  imagePullPolicy?: string,
): NodeFixture {
  const made = createFixture()
  made.start()
  made.seconds(40)
  made.resetHistory()
  prepare(made)
  made.bind('app', {
    containers: [{ name: 'app', image, ...(imagePullPolicy !== undefined && { imagePullPolicy }) }],
  })
  return made
}

const events = (made: NodeFixture): string[] =>
  made.history
    .filter(line => line.includes('[Pod/app]'))
    .map(line => line.replace(/^\S+ \w+ Event /, ''))
const waiting = (made: NodeFixture): unknown =>
  made.pod('demo', 'app').status?.containerStatuses?.[0]?.state?.waiting

describe('an image', () => {
  test('that the node lacks is pulled once', () => {
    const made = world('ghcr.io/joelhooks/docs-api:1', () => {})
    made.seconds(20)
    const lines = events(made).map(line =>
      line
        .replace(/in \S+ \(\S+ including/, 'in <time> (<time> including')
        .replace(/\d+ bytes/, '<n> bytes'),
    )
    expect(wrapped(lines)).toMatchInlineSnapshot(`
      [
        "Normal Pulling x1 [Pod/app] Pulling image "ghcr.io/joelhooks/docs-api:1"",
        "Normal Pulled x1 [Pod/app] Successfully pulled image "ghcr.io/joelhooks/docs-api:1" ",
        "in <time> (<time> including waiting). Image size: <n> bytes.",
        "Normal Created x1 [Pod/app] Container created",
        "Normal Started x1 [Pod/app] Container started",
      ]
    `)
    expect(made.nodeApi.imagesOf('node-1').has('ghcr.io/joelhooks/docs-api:1')).toBe(true)
  })

  test('with the policy Always is requested each time, even if present', () => {
    const made = world('serve:1', () => {}, 'Always')
    made.seconds(10)
    expect(events(made)[0]).toBe('Normal Pulling x1 [Pod/app] Pulling image "serve:1"')
    expect(made.pod('demo', 'app').status?.phase).toBe('Running')
  })

  test('with the policy Never is not pulled', () => {
    const made = world('nowhere/app:1', () => {}, 'Never')
    made.seconds(10)
    expect(waiting(made)).toEqual({
      reason: 'ErrImageNeverPull',
      message: 'Container image "nowhere/app:1" is not present with pull policy of Never',
    })
  })

  test("that does not exist fails, backs off, and is reported in containerd's words", () => {
    const made = world('serve:missing', each =>
      each.nodeApi.pullFaults.set('serve:missing', 'not-found'),
    )
    made.seconds(35)
    const why =
      'rpc error: code = NotFound desc = failed to pull and unpack image ' +
      '"docker.io/library/serve:missing": failed to resolve reference ' +
      '"docker.io/library/serve:missing": docker.io/library/serve:missing: not found'
    expect(events(made).map(line => line.replace(why, 'WHY'))).toMatchInlineSnapshot(`
      [
        "Normal Pulling x1 [Pod/app] Pulling image "serve:missing"",
        "Warning Failed x1 [Pod/app] Failed to pull image "serve:missing": WHY",
        "Warning Failed x1 [Pod/app] Error: ErrImagePull",
        "Normal BackOff x1 [Pod/app] Back-off pulling image "serve:missing"",
        "Warning Failed x1 [Pod/app] Error: ImagePullBackOff",
        "Normal Pulling x2 [Pod/app] Pulling image "serve:missing"",
        "Warning Failed x2 [Pod/app] Failed to pull image "serve:missing": WHY",
        "Warning Failed x2 [Pod/app] Error: ErrImagePull",
        "Normal BackOff x2 [Pod/app] Back-off pulling image "serve:missing"",
        "Warning Failed x2 [Pod/app] Error: ImagePullBackOff",
      ]
    `)
    expect(waiting(made)).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "serve:missing": ErrImagePull: ${why}`,
    })
    expect(made.pod('demo', 'app').status?.phase).toBe('Pending')
  })

  test('of an unreachable registry fails with Always, but not with IfNotPresent', () => {
    const cut = (each: NodeFixture): void => void each.nodeApi.pullFaults.set('*', 'unreachable')
    const always = world('serve:1', cut, 'Always')
    always.seconds(10)
    expect(waiting(always)).toMatchObject({ reason: 'ImagePullBackOff' })
    const cached = world('serve:1', cut)
    cached.seconds(10)
    expect(cached.pod('demo', 'app').status?.phase).toBe('Running')
  })

  test('that exists again is pulled after the rest of the back-off', () => {
    const made = world('serve:2', each => each.nodeApi.pullFaults.set('serve', 'unreachable'))
    made.seconds(400)
    const pulls = made.history
      .filter(line => line.includes(' Pulling '))
      .map(line => Number(line.split(' ')[0]))
    const gaps = pulls.slice(1).map((at, index) => Math.round(at - pulls[index]!))
    expect(gaps.map((gap, index) => gap >= 10 * 2 ** index && gap <= 10 * 2 ** index + 18)).toEqual(
      gaps.map(() => true),
    )
    made.nodeApi.pullFaults.clear()
    made.seconds(310)
    expect(made.pod('demo', 'app').status?.phase).toBe('Running')
  })
})

/** @source measured on a v1.35 node: the texts */
test('a registry knows the pushed tags only; an unreachable one does not answer', () => {
  const registry = {
    faults: new Map([['quay.io', 'unreachable' as const]]),
    pushed: pushedOf(['ghcr.io/a/worker:1', 'busybox:1.37', 'quay.io/a/b:1']),
  }
  const says = (image: string): string | undefined =>
    pullFails(registry, image)?.replace(/^(rpc error: code = \S+ desc = )?.*: /, '$1… ')
  expect(
    [
      'ghcr.io/a/worker:1',
      'ghcr.io/a/worker:2',
      'docker.io/library/busybox:2',
      `busybox@sha256:${'0'.repeat(64)}`,
      'never/heard:of',
      'localhost:30082/feed:1',
      'quay.io/a/b:1',
    ].map(image => [image.slice(0, 27), says(image)]),
  ).toEqual([
    ['ghcr.io/a/worker:1', undefined],
    ['ghcr.io/a/worker:2', 'rpc error: code = NotFound desc = … not found'],
    ['docker.io/library/busybox:2', 'rpc error: code = NotFound desc = … not found'],
    ['busybox@sha256:000000000000', undefined],
    ['never/heard:of', undefined],
    ['localhost:30082/feed:1', 'rpc error: code = NotFound desc = … not found'],
    ['quay.io/a/b:1', '… i/o timeout'],
  ])
})
