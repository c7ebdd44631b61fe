// The last fix: cycling the VM, only on confirmed evidence and never while services answer.
import { colima } from '../adapters/colima.ts'
import { colimaSays, dockerSocket, vmSsh } from '../probes/host.ts'
import { portAnswer, strangeness } from '../probes/ports.ts'
import { fix, type Act, type Policy, type Reach, type See } from '../words/index.ts'

/** ms for a stop and for a start; a start on a slow machine took 394 s. @source colima, recorded: durations of starts */
const stopPatience = 60_000
const startPatience = 600_000
const tools = (reach: Reach, deadline: number) => ({ reach, deadline, signal: new AbortController().signal })

/** Names of mapped ports whose application answers. */
const answering = (see: See, policy: Policy): readonly string[] => policy.ports.filter(port => {
  const answer = see.answer(portAnswer(port))
  return answer.kind === 'known' && strangeness(answer.value, port.answers) === undefined
}).map(port => port.name)

export const cycleColima = fix({
  name: 'cycle-colima',
  clauses: ['host.zombie-restart', 'host.confirmed-before-cycle', 'host.colima-truthful'],
  says: 'stop Colima by force and start it again',
  why: 'a zombie VM ignores start; a graceful stop or restart may hang. Claims live on the VM disk and stay',
  harm: 'restarts the VM',
  /** @source joelclaw history, heal script: COLIMA_RAPID_CONFIRM 6 x 5 s */
  confirm: { looks: 6, every: '5 s' },
  /** @source joelclaw history, heal script: COLIMA_FORCE_COOLDOWN_SECS 900 */
  cooldown: '900 s',
  /** @source joelclaw history, heal script: CORE_WARMUP_TIMEOUT_SECS 300 */
  settles: '300 s',
  observe: policy => (policy.host === undefined ? [] : [colimaSays(policy), dockerSocket, vmSsh(policy), ...policy.ports.map(port => portAnswer(port))]),
  plan(see, policy): readonly Act[] {
    if (policy.host === undefined) return []
    const says = see.answer(colimaSays(policy))
    const socket = see(dockerSocket)
    const ssh = see(vmSsh(policy))
    // One path alive means that the VM lives: cycling it would harm what works.
    if (socket.works || ssh.works || answering(see, policy).length > 0) return []
    const { profile } = policy.host
    const start = { says: 'colima start', apply: (reach: Reach) => colima(tools(reach, startPatience), profile).start() }
    if (says.kind === 'known' && says.value.kind === 'not-running') return [start]
    return [{ says: 'colima stop --force', apply: reach => colima(tools(reach, stopPatience), profile).stop({ force: true }) }, start]
  },
})
