// The nightly run as a launchd job, in the lab's Mac: installed, asked, changed and removed.
import { isAbsolute } from 'node:path'
import { parse } from 'plist'
import { describe, expect, test } from 'vitest'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { parsePolicy } from '#helpers/policy.ts'
import joelclaw from '#clusters/joelclaw/policy.ts'
import { timersFindTheirTools } from '#specs/invariants/host.spec.ts'
import { newLab } from '#tests/contract/world.ts'
import { schedule } from './timers.ts'

const label = 'dev.holdfast.nightly.joelclaw'
const path = `/Users/joel/Library/LaunchAgents/${label}.plist`

describe('the property list', () => {
  test('is read by an independent parser as the job that was meant', async () => {
    const { runtime } = newLab()
    await schedule(runtime, 'install --at 02:30 --apply --reports /var/reports')
    const job = parse((await runtime.files.read(path)) ?? '') as Record<string, unknown>
    expect(job).toMatchObject({
      Label: label,
      StartCalendarInterval: { Hour: 2, Minute: 30 },
      RunAtLoad: false,
      StandardOutPath: '/Users/joel/Library/Logs/holdfast-nightly-joelclaw.log',
      StandardErrorPath: '/Users/joel/Library/Logs/holdfast-nightly-joelclaw.log',
    })
    expect(job).not.toHaveProperty('StartInterval')
    expect(job).not.toHaveProperty('UserName')
    const [node = '', entry = '', ...words] = job['ProgramArguments'] as readonly string[]
    expect([node, entry].map(one => isAbsolute(one))).toEqual([true, true])
    expect(node).toMatch(/\/node_modules\/\.bin\/node$/)
    expect(words.join(' ')).toBe(
      'nightly --target live --cluster joelclaw --reports /var/reports --apply',
    )
  })

  test('keeps signs that XML gives a meaning', async () => {
    const { runtime } = newLab()
    await schedule(runtime, 'install --reports /var/a&amp;b<c>')
    const job = parse((await runtime.files.read(path)) ?? '') as Record<string, unknown>
    expect(job['ProgramArguments']).toContain('/var/a&amp;b<c>')
  })

  test('of the whole Mac names the user that it runs as', async () => {
    const { text } = await schedule(newLab().runtime, 'install --system --as joel --print')
    expect(parse(text)).toMatchObject({
      UserName: 'joel',
      EnvironmentVariables: { HOME: '/Users/joel' },
    })
  })

  test("holds by the policy's own rule about the PATH of jobs", async () => {
    const { runtime } = newLab()
    await schedule(runtime, 'install')
    const host = { ...joelclaw.host, launchd: [{ label, plist: path }] }
    const policy = parsePolicy({ ...joelclaw, host }, 'a policy that lists the job')
    const judged = async () => {
      const { judgements } = await evaluate([timersFindTheirTools], runtime, policy)
      return judgements.map(({ verdict }) => verdict.kind)
    }
    expect(await judged()).toEqual(['holds'])
    const text = (await runtime.files.read(path)) ?? ''
    await runtime.files.write(path, text.replaceAll('/opt/homebrew/bin:', ''))
    expect(await judged()).toEqual(['violated'])
  })
})

describe('in the lab', () => {
  test('install starts the job, again it changes nothing, and remove leaves nothing', async () => {
    const { runtime, host } = newLab()
    const before = await runtime.files.list('/Users/joel/Library/LaunchAgents')

    const first = await schedule(runtime, 'install')
    expect(first).toMatchObject({ code: 0, text: expect.stringContaining(`+ ${path}\n`) })
    expect(first.text).toContain(`$ launchctl bootstrap gui/501 ${path}\n`)
    expect(first.text).toMatch(/Installed\. It runs next at \d{4}-\d\d-\d\d/)

    const second = await schedule(runtime, 'install')
    expect(second.text).toContain(`= ${path}\n`)
    expect(second.text).toContain('It is in place already; nothing was changed.')
    expect(second.text).not.toContain('$ launchctl')

    const removed = await schedule(runtime, 'remove')
    expect(removed).toMatchObject({ code: 0, text: expect.stringContaining('Removed.\n') })
    expect(await runtime.files.list('/Users/joel/Library/LaunchAgents')).toEqual(before)
    expect((await schedule(runtime, 'remove')).text).toContain('nothing was removed')
    const { stdout } = await host.shell
      .run(['launchctl', 'list'], { deadline: 1_000 })
      .then(exit => (exit.kind === 'exited' ? exit : { stdout: exit.kind }))
    expect(stdout).not.toContain(label)
  })

  test('another hour is shown as a diff, and the job is loaded anew', async () => {
    const { runtime } = newLab()
    await schedule(runtime, 'install')
    const { text } = await schedule(runtime, 'install --at 04:05')
    expect(text).toContain(`~ ${path}\n`)
    expect(text).toMatch(/-\s+<integer>3<\/integer>\n\s+\+\s+<integer>4<\/integer>/)
    expect(text).toContain(`$ launchctl bootout gui/501/${label}\n$ launchctl bootstrap`)
  })

  test('a job that was unloaded by hand is loaded again', async () => {
    const { runtime } = newLab()
    await schedule(runtime, 'install')
    await runtime.shell.run(['launchctl', 'bootout', `gui/501/${label}`], { deadline: 1_000 })
    const before = await schedule(runtime, 'status')
    expect(before).toMatchObject({ code: 2, text: expect.stringContaining('will start nothing') })
    await schedule(runtime, 'install')
    expect((await schedule(runtime, 'status')).text).not.toContain('will start nothing')
  })

  test.each(['install', 'remove'])('%s leaves a file that is not ours alone', async deed => {
    const { runtime } = newLab()
    await runtime.files.write(path, '<plist/>')
    await expect(schedule(runtime, deed)).rejects.toThrow(
      `${path}: it is there, and holdfast schedule install did not write it.`,
    )
    expect(await runtime.files.read(path)).toBe('<plist/>')
  })

  test('neither install nor remove touches the job while a night is at work', async () => {
    const { runtime } = newLab()
    await schedule(runtime, 'install')
    const kick = ['launchctl', 'kickstart', `gui/501/${label}`]
    await runtime.shell.run(kick, { deadline: 1_000 })
    await expect(schedule(runtime, 'remove')).rejects.toThrow('The night is at work now')
    await expect(schedule(runtime, 'install --at 05:00')).rejects.toThrow('holdfast stop')
  })

  test('a timer of the host is refused without root', async () => {
    const { runtime } = newLab()
    await expect(schedule(runtime, 'install --system')).rejects.toThrow(
      '--system changes files of the host, which needs root; you are joel. ' +
        'Run sudo holdfast schedule install --system',
    )
  })
})
