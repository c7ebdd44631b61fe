// Fixes for nodes whose Kubernetes runs as a systemd unit.
import { callOf } from '#src/commands/call.ts'
import { fix, type Act } from '#src/model/index.ts'
import { systemd } from './client.ts'
import { nodeService, nodeServices, servedNodes, type ServedNode } from './questions.ts'
import type { UnitState } from './unit-state.ts'

/**
 * Deadline of a restart, ms: systemd reports k3s as started once its API answers.
 * @source systemd.service(5): DefaultTimeoutStartSec 90 s, and time to connect
 */
const patience = 120_000

/** systemd has given up on the unit, or a person stopped it: it does not start on its own. */
const isDown = (state: UnitState | null): state is UnitState =>
  state !== null && (state.active === 'failed' || state.active === 'inactive')

/** Restarts the unit of a node; a unit that failed may have reached its start limit. */
function restartOf({ name, service }: ServedNode, hasFailed: boolean): Act {
  const { host, unit } = service
  const reset = hasFailed ? `systemctl reset-failed ${unit} && ` : ''
  return {
    command: `ssh ${host} '${reset}systemctl restart ${unit}' (node ${name})`,
    async apply(runtime) {
      const machine = systemd(callOf({ runtime }, patience), service)
      if (hasFailed) await machine.resetFailed(unit)
      await machine.restart(unit)
    },
  }
}

export const restartNodeService = fix({
  name: 'restart-node-service',
  title: 'restart a machine’s Kubernetes service that systemd reports as failed or inactive',
  reason: 'systemd stops restarting a unit after too many failures; its node then stays NotReady',
  harm: 'restarts a node service',
  /** systemd restarts k3s after 5 s. @source k3s.service: RestartSec=5s */
  confirm: { looks: 2, every: '10 s' },
  cooldown: '300 s',
  /** @source systemd.service(5): DefaultTimeoutStartSec 90 s, and the kubelet's next heartbeat */
  settles: '180 s',
  observe: nodeServices,
  plan: (answers, policy) =>
    servedNodes(policy).flatMap(node => {
      const state = answers(nodeService(node))
      return isDown(state) ? [restartOf(node, state.active === 'failed')] : []
    }),
})
