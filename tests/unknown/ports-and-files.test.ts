// A host port that does not answer is a violation. A port that holdfast cannot connect to at all,
// or a file that it cannot read, makes verdicts unknown.
import { describe, expect, test } from 'vitest'
import { newLab } from '#tests/drills/stage.ts'
import { changes, reasons, answers } from './changes.ts'
import { cutFiles, cutPort } from './cuts.ts'

const { runtime } = newLab()
const healthy = await answers(runtime)
const typesense = 'ports-answer-their-application · typesense (8108)'

describe('a host port', () => {
  test.for([
    ['refused', 'refused: refused, as cut'],
    ['reset', 'reset: reset, as cut'],
    ['silent', 'silent: silent, as cut'],
    [{ kind: 'answered', status: 403, body: '<html>' }, 'HTTP 403 "<html>"'],
    [{ kind: 'answered', status: 200, body: '{"ok":false}' }, '“ok” is false: "{\\"ok\\":false}"'],
    [{ kind: 'answered', status: 200, body: 'welcome' }, 'no JSON: "welcome"'],
  ] as const)('%j is a violation, not a gap', async ([how, why]) => {
    const seen = await answers(cutPort(runtime, 8108, how))
    expect({ ...changes(healthy, seen), why: reasons(healthy, seen) }).toEqual({
      exit: 1,
      violated: [typesense],
      why: [why],
    })
  })

  test.for([
    ['rejects', 'EMFILE: too many open files'],
    ['hangs', 'no answer within 7.5 s'],
  ] as const)('that cannot be asked (%s) is unknown', async ([how, why]) => {
    const seen = await answers(cutPort(runtime, 8108, how))
    expect({ ...changes(healthy, seen), why: reasons(healthy, seen) }).toEqual({
      exit: 2,
      unknown: [typesense],
      why: [`could not connect to typesense on 127.0.0.1:8108: ${why} (asked 127.0.0.1:8108)`],
    })
  })

  test('all ports silent: one violation for each, in the time of one', async () => {
    const seen = await answers(cutPort(runtime, 'all', 'silent'))
    expect({ ...changes(healthy, seen), tookMs: seen.tookMs }).toEqual({
      exit: 1,
      violated: ['ports-answer-their-application'],
      tookMs: 5000,
    })
  })
})

describe('a file that cannot be read', () => {
  const home = '/Users/joel'
  test.for([
    [
      'com.joel.talon.plist',
      'launchd-jobs-find-their-tools · job com.joel.talon',
      `could not read ${home}/Library/LaunchAgents/com.joel.talon.plist: EACCES: ` +
        `permission denied, open '${home}/Library/LaunchAgents/com.joel.talon.plist' (asked ` +
        'plutil)',
    ],
    [
      'k8s-reboot-heal.sh',
      'launchd-jobs-find-their-tools · job com.joel.k8s-reboot-heal',
      `could not read ${home}/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh: EACCES: ` +
        `permission denied, open '${home}/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh' ` +
        '(asked file)',
    ],
    [
      'backups/redis',
      'critical-data-survive · joelclaw/data-redis-0',
      'could not list the backups in /Volumes/three-body/backups/redis: EACCES: ' +
        "permission denied, scandir '/Volumes/three-body/backups/redis' (asked file)",
    ],
  ] as const)('%s', async ([path, unknown, why]) => {
    const seen = await answers(cutFiles(runtime, path))
    expect({ ...changes(healthy, seen), why: reasons(healthy, seen) }).toEqual({
      exit: 2,
      unknown: [unknown],
      why: [why],
    })
  })

  test('a missing file is an answer, not an unknown', async () => {
    const lab = newLab()
    lab.host.faultControls.removeFile('~/Library/LaunchAgents/com.joel.talon.plist')
    const seen = await answers(lab.runtime)
    expect({ ...changes(healthy, seen), why: reasons(healthy, seen) }).toEqual({
      exit: 1,
      violated: ['launchd-jobs-find-their-tools · job com.joel.talon'],
      why: ['there is no /Users/joel/Library/LaunchAgents/com.joel.talon.plist'],
    })
  })
})
