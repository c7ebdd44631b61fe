// Fixes for exposure: a dead port-forward that still holds its port.
import { callOf } from '#src/commands/call.ts'
import { run } from '#src/commands/command.ts'
import { forwards } from './questions.ts'
import { fix } from '#src/model/index.ts'

export const endDeadPortForward = fix({
  name: 'end-dead-port-forward',
  title: 'end port-forwards that no longer answer, each by its pid',
  reason:
    'a dead forward keeps its port: users wait for ever, and no other program can serve there',
  harm: 'none',
  /**
   * A slow answer does not prove that it is dead. @source joelclaw history, Talon: 3 consecutive
   * failures
   */
  confirm: { looks: 3, every: '5 s' },
  settles: '10 s',
  observe: () => [forwards],
  plan: answers =>
    answers(forwards)
      .filter(({ answers }) => !answers)
      .map(({ pid, args }) => ({
        command: `kill -KILL ${pid} (${args})`,
        async apply(runtime) {
          await run(callOf({ runtime }, 10_000), ['kill', '-KILL', String(pid)])
        },
      })),
})
