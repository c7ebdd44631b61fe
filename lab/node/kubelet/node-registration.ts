// What a kubelet writes about its node when it starts.
import type { Node } from '#src/model/kube.ts'
import { fullImage } from '#lab/node/apps/apps.ts'
import type { KubeletState } from './state.ts'

/** A node as the API serves it, with the fields that the model does not need. */
interface WholeNode extends Node {
  status?: NonNullable<Node['status']> & {
    nodeInfo?: Record<string, string>
    daemonEndpoints?: { kubeletEndpoint: { Port: number } }
  }
}

type Status = NonNullable<WholeNode['status']>

/**
 * The size of a machine whose Node object contains none.
 * @source joelclaw history: 18g of memory; pods: Kubernetes default, maxPods 110; the rest assumed
 */
const size = { cpu: '4', 'ephemeral-storage': '103079215104', memory: '18874368Ki', pods: '110' }

const controlPlaneTaint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }

/** Images as a kubelet lists them: the largest first. */
const imagesIn = (images: Readonly<Record<string, number>>) =>
  Object.entries(images)
    .toSorted(([, a], [, b]) => b - a)
    .map(([image, sizeBytes]) => ({ names: [fullImage(image)], sizeBytes }))

/** Creates the Node object if it is missing, and fills in the kubelet's fields. */
export function registerNode(kubelet: KubeletState): void {
  const { store } = kubelet.shared.context
  const name = kubelet.machine.node
  if (store.get<Node>('Node', undefined, name) === undefined)
    store.create<Node>({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
  store.update<WholeNode>('Node', undefined, name, node => {
    fillMetadata(kubelet, node)
    node.spec ??= {}
    const status = (node.status ??= {})
    node.spec.podCIDR ??= `${kubelet.podNet}.0/24`
    Object.assign(node.spec, { podCIDRs: [node.spec.podCIDR] })
    fillStatus(kubelet, status)
  })
}

function fillMetadata(kubelet: KubeletState, { metadata }: WholeNode): void {
  const arch = architectureOf(kubelet)
  metadata.labels = {
    'beta.kubernetes.io/arch': arch,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': arch,
    'kubernetes.io/hostname': kubelet.machine.node,
    'kubernetes.io/os': 'linux',
    ...(kubelet.machine.controlPlane && { 'node-role.kubernetes.io/control-plane': '' }),
    ...metadata.labels,
  }
  // @source measured on a v1.35 node: the annotations of the kubelet and the TTL controller
  metadata.annotations = {
    'node.alpha.kubernetes.io/ttl': '0',
    'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    ...metadata.annotations,
  }
}

const architectureOf = ({ facts }: KubeletState): string => facts?.architecture ?? 'arm64'

function fillStatus(kubelet: KubeletState, status: Status): void {
  const { facts } = kubelet
  if (facts?.images !== undefined) Object.assign(status, { images: imagesIn(facts.images) })
  status.addresses ??= [
    { type: 'InternalIP', address: kubelet.address },
    { type: 'Hostname', address: kubelet.machine.node },
  ]
  status.capacity ??= { ...(facts?.capacity ?? size) }
  status.allocatable ??= { ...status.capacity }
  status.daemonEndpoints ??= { kubeletEndpoint: { Port: 10250 } }
  status.nodeInfo ??= nodeInfo(kubelet)
  // Every boot has its own id.
  status.nodeInfo['bootID'] = kubelet.random.uuid()
}

function nodeInfo(kubelet: KubeletState): NonNullable<Status['nodeInfo']> {
  const { facts } = kubelet
  const { random } = kubelet.shared.context
  const name = kubelet.machine.node
  return {
    architecture: architectureOf(kubelet),
    bootID: '',
    containerRuntimeVersion: facts?.containerRuntimeVersion ?? 'containerd://2.1.6',
    kernelVersion: facts?.kernelVersion ?? '6.8.0-64-generic',
    kubeProxyVersion: '',
    kubeletVersion: 'v1.35.0',
    machineID: facts?.machineId ?? random.fork(`machine ${name}`).hex(32),
    operatingSystem: 'linux',
    osImage: facts?.osImage ?? 'Talos (v1.12.4)',
    systemUUID: facts?.machineId ?? random.fork(`system ${name}`).uuid(),
  }
}

/** Adds the taint of control plane nodes, as Talos does at every start. */
export function taintControlPlane(kubelet: KubeletState): void {
  if (!kubelet.shared.controlPlaneTaint || !kubelet.machine.controlPlane) return
  kubelet.shared.context.store.update<Node>('Node', undefined, kubelet.machine.node, node => {
    node.spec ??= {}
    const taints = (node.spec.taints ??= [])
    if (
      !taints.some(
        each => each.key === controlPlaneTaint.key && each.effect === controlPlaneTaint.effect,
      )
    )
      taints.push({ ...controlPlaneTaint })
  })
}
