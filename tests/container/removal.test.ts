// A run removes what it started, at its end and after a signal during the start, and removes
// nothing else.
import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { holdfast } from '#tests/project/process.ts'

/** Containers of sandboxes. Those of this run exist until its end. */
const sandboxes = (): readonly string[] =>
  execFileSync(
    'docker',
    ['ps', '--all', '--filter', 'label=holdfast.cluster=sandbox', '--format', '{{.Names}}'],
    { encoding: 'utf8' },
  )
    .split('\n')
    .filter(name => name !== '')

const surroundings = Object.fromEntries(
  ['HOLDFAST_NODE_IMAGE', 'TESTCONTAINERS_RYUK_DISABLED'].flatMap(name =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  ),
)

describe('a run of its own', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s in the middle of the start leaves nothing', async (name, code) => {
    const before = sandboxes()
    const ended = await holdfast(['check', '--target', 'container'], {
      env: surroundings,
      signal: { name, when: 'deploying sandbox' },
    })
    expect({ code: ended.code, left: sandboxes() }).toEqual({ code, left: before })
    expect(ended.stderr).toContain('removing the node')
  })

  test('an image that cannot be pulled leaves nothing, and is one line of error', async () => {
    const before = sandboxes()
    const ended = await holdfast(['check', '--target', 'container'], {
      env: { ...surroundings, HOLDFAST_NODE_IMAGE: 'localhost:1/holdfast/none:0' },
    })
    expect({ code: ended.code, left: sandboxes() }).toEqual({ code: 64, left: before })
    expect(ended.stderr).toMatch(
      /--target container could not start a node from the image localhost:1\/holdfast\/none:0: /,
    )
  })
})
