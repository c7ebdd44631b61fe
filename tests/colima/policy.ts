// A cluster without Kubernetes: one Colima, and a container behind a published port as its service.
import { parsePolicy } from '#helpers/policy.ts'
import { profile } from './profile.ts'

/** The container, its host port, and what it answers there. */
export const service = {
  container: 'holdfast-colima-web',
  port: 18_381,
  inside: 8080,
  description: 'holdfast on colima',
} as const

export const policy = parsePolicy(
  {
    cluster: 'colima',
    description:
      'colima: a virtual machine with one container, for the adapters and drills of the host',
    status: 'active',
    documents: [
      {
        id: 'k8s skill (first vintage)',
        title: 'Operating notes of the cluster, 2026-02-28 to 2026-03-04',
      },
    ],
    clauses: [
      {
        id: 'host.colima-truthful',
        kind: 'danger',
        statement: 'When Colima says that it runs, its Docker socket and its ssh do answer.',
        source: 'k8s skill (first vintage), Danger Zones, 4',
      },
    ],
    identity: { contexts: ['none'] },
    nodes: [
      {
        name: 'colima',
        role: 'control-plane',
        container: {
          name: service.container,
          restartPolicy: 'unless-stopped',
          memory: '64 MiB',
          cpus: 1,
        },
      },
    ],
    namespaces: ['none'],
    taints: { controlPlane: 'remove' },
    network: { flannel: { as: 'built-in' } },
    workloads: [],
    ports: [
      {
        name: 'web',
        namespace: 'none',
        service: 'web',
        host: service.port,
        container: service.inside,
        nodePort: service.inside,
        answers: { by: 'http', path: '/', contains: service.description },
      },
    ],
    endpoints: { api: { container: 6443 } },
    storage: {
      claims: [],
      disks: [
        { path: '/', limit: '95 %' },
        { path: '/var/lib/docker', limit: '95 %' },
      ],
    },
    host: { kind: 'colima', profile, requiredPath: '/usr/bin' },
    budgets: { stuckPod: '300 s', unknownPod: '300 s', recovery: '900 s' },
    nightly: { drills: 0, rotation: [] },
  },
  'tests/colima/policy.ts',
)
