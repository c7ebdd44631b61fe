// The pod network of a node: the files that flannel's containers write on the machine, and what a
// sandbox needs of them.
import type { Node } from '#src/model/kube.ts'
import type { KubeletState, ContainerRun, PodRun } from '#lab/node/kubelet/state.ts'
import { draw, later, nowOf, rfc3339 } from '#lab/node/kubelet/state.ts'
import { exit, say } from '#lab/node/containers/containers.ts'
import { delays } from '#lab/node/delays.ts'

export const subnetEnv = '/run/flannel/subnet.env'
const cniConfig = '/etc/cni/net.d/10-flannel.conflist'

/**
 * Whether containerd has a network configuration: without it no node is Ready and no pod of the pod
 * network starts.
 */
export const hasNetwork = (kubelet: KubeletState): boolean => kubelet.machine.files.has(cniConfig)

/** containerd's message on a machine without a network configuration. */
export const networkNotReady =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
  'message:Network plugin returns error: cni plugin not initialized'

/** The message of the Event if no sandbox can join the pod network; undefined if it can. */
export function sandboxFails(kubelet: KubeletState): string | undefined {
  if (kubelet.machine.files.has(subnetEnv)) return undefined
  const id = kubelet.random.hex(64)
  return (
    'Failed to create pod sandbox: rpc error: code = Unknown desc = ' +
    `failed to setup network for sandbox "${id}": plugin type="flannel" failed (add): ` +
    `open ${subnetEnv}: no such file or directory`
  )
}

/** The next address of the node's pod network. Addresses ascend, across restarts too. */
export function nextAddress(kubelet: KubeletState): string {
  const taken = new Set([...kubelet.pods.values()].map(run => run.sandbox?.ip))
  for (let tries = 0; tries < 253; tries += 1) {
    kubelet.nextIp = kubelet.nextIp >= 254 ? 2 : kubelet.nextIp + 1
    const ip = `${kubelet.podNet}.${kubelet.nextIp}`
    if (!taken.has(ip)) return ip
  }
  return `${kubelet.podNet}.254`
}

/** Writes the files of flannel after one of its containers has started. */
export function flannelStarted(kubelet: KubeletState, run: PodRun, container: ContainerRun): void {
  if (container.kind === 'init') {
    kubelet.machine.files.set(
      cniConfig,
      '{"name":"cbr0","cniVersion":"0.3.1","plugins":[{"type":"flannel"},{"type":"portmap"}]}',
    )
    return
  }
  if (container.state.kind !== 'running') return
  const { id } = container.state
  const alive = (): boolean => container.state.kind === 'running' && container.state.id === id
  if (!kubelet.machine.kernel.modules.has('br_netfilter')) {
    later(kubelet, draw(kubelet, delays.flannelExits), () => {
      if (!alive()) return
      say(
        container,
        'Failed to check br_netfilter: stat /proc/sys/net/bridge/bridge-nf-call-iptables: ' +
          'no such file or directory',
      )
      exit(kubelet, run, container, 1)
    })
    return
  }
  later(kubelet, draw(kubelet, delays.flannelWrites), () => lease(kubelet, container, alive))
}

/**
 * Annotations by which flanneld publishes its end of the tunnel.
 * @source measured on a v1.35 node
 */
const annotations = (kubelet: KubeletState): Record<string, string> => ({
  'flannel.alpha.coreos.com/backend-data': `{"VNI":1,"VtepMAC":"${kubelet.podNet
    .split('.')
    .slice(0, 3)
    .map(part => Number(part).toString(16).padStart(2, '0'))
    .join(':')}:0a:5e:01"}`,
  'flannel.alpha.coreos.com/backend-type': 'vxlan',
  'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
  'flannel.alpha.coreos.com/public-ip': kubelet.address,
})

/**
 * flanneld gets the subnet of its node from the API, writes it to a file, and reports the network.
 */
function lease(kubelet: KubeletState, container: ContainerRun, alive: () => boolean): void {
  if (!alive()) return
  if (
    !kubelet.shared.apiUp(kubelet) ||
    (container.state.kind === 'running' && container.state.process.frozen)
  ) {
    later(kubelet, delays.syncTick, () => lease(kubelet, container, alive))
    return
  }
  kubelet.machine.files.set(
    cniConfig,
    kubelet.machine.files.get(cniConfig) ??
      '{"name":"cbr0","cniVersion":"0.3.1","plugins":[{"type":"flannel"},{"type":"portmap"}]}',
  )
  kubelet.machine.files.set(
    subnetEnv,
    `FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=${kubelet.podNet}.1/24\n` +
      'FLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n',
  )
  say(container, `Wrote subnet file to ${subnetEnv}`)
  const now = rfc3339(nowOf(kubelet))
  kubelet.shared.context.store.update<Node>('Node', undefined, kubelet.machine.node, draft => {
    draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations(kubelet) }
    draft.status ??= {}
    const conditions = (draft.status.conditions ??= [])
    const made = {
      lastHeartbeatTime: now,
      lastTransitionTime: now,
      message: 'Flannel is running on this node',
      reason: 'FlannelIsUp',
      status: 'False',
      type: 'NetworkUnavailable',
    }
    const at = conditions.findIndex(each => each.type === 'NetworkUnavailable')
    if (at === -1) conditions.unshift(made)
    else conditions[at] = made
  })
}
