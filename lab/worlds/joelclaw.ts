// joelclaw in a healthy state: the default world.
import { startsAt, tls } from './joelclaw-host.ts'

export { host } from './joelclaw-host.ts'

const GiB = 2 ** 30

export const world = {
  name: 'joelclaw',
  /** Folder of `clusters/` with the manifests of the cluster. */
  manifests: 'joelclaw',
  /** Each start of the node sets the control-plane taint. The operator has removed it. */
  controlPlaneTaint: true,
  nodes: [
    {
      name: 'joelclaw-controlplane-1',
      controlPlane: true,
      ip: '10.5.0.2',
      podCidr: '10.244.0.0/24',
      // A kubelet in Docker sees the CPUs and the memory of the VM, not its container's limits.
      cpus: 8,
      memory: 24 * GiB,
      kubelet: 'v1.35.0',
      osImage: 'Talos (v1.12.4)',
    },
  ],
  /** @source k8s skill, first vintage, operations: the recreated cluster */
  nodePortRange: '1-65535',
  startsAt,
  /** Secrets that the manifests refer to, with made-up values. */
  secrets: [
    {
      namespace: 'joelclaw',
      name: 'typesense-secret',
      type: 'Opaque',
      data: { 'api-key': 'lab-only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'system-bus-env',
      type: 'Opaque',
      data: { INNGEST_EVENT_KEY: 'lab-only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'livekit-keys',
      type: 'Opaque',
      data: { keys: 'lab: only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'bluesky-pds-secrets',
      type: 'Opaque',
      data: { PDS_JWT_SECRET: 'lab-only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'ghcr-pull',
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': '{"auths":{}}' },
    },
    {
      namespace: 'aistor',
      name: 'aistor-env-configuration',
      type: 'Opaque',
      data: { 'config.env': 'export MINIO_ROOT_USER="lab-only"' },
    },
    {
      namespace: 'aistor',
      name: 'aistor-s3-tls',
      type: 'Opaque',
      data: { 'public.crt': tls.cert, 'private.key': tls.key },
    },
  ],
} as const
