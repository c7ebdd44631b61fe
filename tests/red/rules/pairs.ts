// Pairs of manifests: one that is valid, and one that breaks exactly one rule, with all expected
// findings.
import type { KubeObject, Policy } from '#src/model/index.ts'
import {
  barePod,
  budget,
  claim,
  claimTemplate,
  container,
  cronJob,
  daemonSet,
  deployment,
  job,
  mounting,
  namespace,
  nodePort,
  secret,
  secretData,
  service,
  statefulSet,
  storageClass,
  without,
  type Change,
} from './objects.ts'

export interface Pair {
  /** The mistake; unique. */
  readonly name: string
  readonly holds: readonly KubeObject[]
  readonly breaks: readonly KubeObject[]
  /** The codes of the findings, by `invariant · subject`. */
  readonly finds: Readonly<Record<string, readonly string[]>>
  /**
   * `files`: the API would refuse, complete or run the object. `api`: for Secrets, which belong in
   * the API.
   */
  readonly where?: 'files' | 'api'
  readonly policy?: (policy: Policy) => Policy
}

const here = `namespace ${namespace}`
const only = (invariant: string, ...codes: readonly string[]): Pair['finds'] => ({
  [`${invariant} · ${here}`]: codes,
})
/** One change of the Deployment. */
const web = (change: Change): readonly KubeObject[] => [deployment(change)]
/** A probe of a port by its name. */
const named = (port: string) => ({
  httpGet: { path: '/live', port },
  periodSeconds: 20,
  failureThreshold: 3,
})
const good = web({})
const withDigest = (policy: Policy): Policy => ({
  ...policy,
  manifests: { ...policy.manifests, images: { ...policy.manifests.images, pinned: 'digest' } },
})
/** For a pod on the host network, whose probes all use one port. */
const leavingProbes = (policy: Policy): Policy => ({
  ...policy,
  manifests: {
    ...policy.manifests,
    confinement: [],
    probes: { ...policy.manifests.probes, livenessDiffers: [] },
    ports: { ...policy.manifests.ports, leaveProbes: true },
  },
})
const onLoopback = {
  httpGet: { host: '127.0.0.1', path: '/ready', port: 8080 },
  periodSeconds: 10,
  failureThreshold: 3,
}
const onItsNode = web({
  pod: { hostNetwork: true },
  container: {
    ports: [],
    livenessProbe: { ...onLoopback, periodSeconds: 20 },
    readinessProbe: onLoopback,
    startupProbe: onLoopback,
  },
})
const digest = `sha256:${'0'.repeat(64)}`
const cache = (name: string, change = {}): KubeObject => service({ selector: {}, ...change }, name)
const withClaim = (change: Change, claimed = {}): readonly KubeObject[] => [
  deployment({ ...change, pod: mounting }),
  claim(claimed),
]
/** The claim names no class. */
const nameless: KubeObject & { spec: object } = {
  ...claim(),
  spec: without(claim().spec, 'storageClassName'),
}
const literal = (name: string, value: string): readonly KubeObject[] =>
  web({ container: { env: [{ name, value }] } })

const probePairs: readonly Pair[] = [
  {
    name: 'a pod that nobody controls stays, and has no liveness probe',
    holds: [barePod()],
    breaks: [barePod({ containers: [without(container(), 'livenessProbe')] })],
    finds: {
      'containers-have-probes · pods without a controller': [
        'probe-missing:liveness:Pod/alone/web',
      ],
    },
  },
  { name: 'a Job has no probes: it ends', holds: [job()], breaks: [cronJob()], finds: {} },
  {
    name: 'the web server has the same liveness and readiness probe',
    holds: good,
    breaks: web({
      container: {
        livenessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 20 },
      },
    }),
    finds: only('liveness-asks-for-itself', 'liveness-is-readiness:Deployment/web/web'),
  },
  {
    name: 'liveness asks for the database behind it',
    holds: good,
    breaks: web({
      container: { livenessProbe: { httpGet: { path: '/health/deep?all=1', port: 8080 } } },
    }),
    finds: only('liveness-asks-for-itself', 'liveness-asks-others:Deployment/web/web'),
  },
]

const portPairs: readonly Pair[] = [
  {
    name: 'a NodePort takes the port of the kubelet',
    holds: [...good, service()],
    breaks: [...good, nodePort(10_250)],
    finds: {
      'nodeports-are-free · NodePorts': ['nodeport-reserved:10250'],
      'port-table-agrees · unlisted ports': ['unlisted-nodeport:10250'],
    },
    where: 'files',
  },
  {
    name: 'a NodePort is beyond what the API server hands out',
    holds: [...good, service()],
    breaks: [...good, nodePort(40_001)],
    finds: {
      'nodeports-are-free · NodePorts': ['nodeport-out-of-range:40001'],
      'port-table-agrees · unlisted ports': ['unlisted-nodeport:40001'],
    },
    where: 'files',
  },
  {
    name: 'two Services want one NodePort',
    holds: [...good, service(), service({}, 'web-too')],
    breaks: [...good, nodePort(3001), nodePort(3001, 'web-too')],
    finds: {
      'nodeports-are-free · NodePorts': ['nodeport-twice:3001'],
      'port-table-agrees · unlisted ports': ['unlisted-nodeport:3001', 'unlisted-nodeport:3001'],
    },
    where: 'files',
  },
  {
    name: 'a Service wants the NodePort of the PDS',
    holds: [...good, service()],
    breaks: [...good, nodePort(3000)],
    finds: { 'nodeports-are-free · NodePorts': ['nodeport-of-another:3000'] },
    where: 'files',
  },
  {
    name: 'a NodePort is left to chance',
    holds: [...good, service()],
    breaks: [...good, nodePort(undefined)],
    finds: { 'nodeports-are-free · NodePorts': [`nodeport-random:${namespace}/web`] },
    where: 'files',
  },
  {
    name: 'a NodePort takes the port that the probes of its own pod ask',
    policy: leavingProbes,
    where: 'files',
    holds: [...onItsNode, service()],
    breaks: [...onItsNode, nodePort(8080)],
    finds: {
      'nodeports-are-free · NodePorts': ['nodeport-of-probe:8080'],
      'port-table-agrees · unlisted ports': ['unlisted-nodeport:8080'],
    },
  },
  {
    name: 'a pod takes a port of its node',
    holds: good,
    breaks: web({ container: { ports: [{ name: 'http', containerPort: 8080, hostPort: 80 }] } }),
    finds: only('host-ports-are-known', 'host-port:Deployment/web/web:80'),
  },
  {
    name: 'a pod that nobody controls takes a port of its node',
    holds: [barePod()],
    breaks: [barePod({}, { ports: [{ containerPort: 8080, hostPort: 82 }] })],
    finds: only('host-ports-are-known', 'host-port:Pod/alone/web:82'),
  },
  {
    name: 'the NodePort of a LoadBalancer is left to chance, as ever',
    where: 'files',
    holds: [...good, service()],
    breaks: [...good, service({ type: 'LoadBalancer' })],
    finds: {},
  },
  {
    name: 'two pods take one port of their node',
    holds: good,
    breaks: [
      deployment({ container: { ports: [{ containerPort: 8080, hostPort: 81 }] } }),
      statefulSet({ container: { ports: [{ containerPort: 8080, hostPort: 81 }] } }, 'twin'),
    ],
    finds: only(
      'host-ports-are-known',
      'host-port:Deployment/web/web:81',
      'host-port:StatefulSet/twin/web:81',
      'host-port-twice:StatefulSet/twin/web:81',
    ),
  },
  {
    name: 'a Service sets a variable that the web server reads',
    holds: [...good, cache('cache-svc')],
    breaks: [...good, cache('cache')],
    finds: {
      [`settings-are-not-injected · ${namespace}/web`]: [
        'injected:CACHE_PORT:Deployment/web/web',
        'injected:CACHE_SERVICE_PORT_HTTP:Deployment/web/web',
      ],
    },
  },
  {
    name: 'a headless Service of that name sets nothing',
    holds: [...good, cache('cache-svc')],
    breaks: [...good, cache('cache', { clusterIP: 'None' })],
    finds: {},
  },
  {
    name: 'with its own value, or without links, nothing is set',
    holds: [deployment({ pod: { enableServiceLinks: false } }), cache('cache')],
    breaks: [
      ...web({
        container: {
          env: [
            { name: 'CACHE_PORT', value: '6379' },
            { name: 'CACHE_SERVICE_PORT_HTTP', value: '80' },
          ],
        },
      }),
      cache('cache'),
    ],
    finds: {},
  },
]

const imagePairs: readonly Pair[] = [
  {
    name: 'an image without a tag',
    holds: web({ container: { image: 'registry.example:5000/nginx:1.29' } }),
    breaks: web({ container: { image: 'registry.example:5000/nginx' } }),
    finds: only('images-are-pinned', 'no-tag:Deployment/web/web'),
  },
  {
    name: 'an image of latest, in a Job',
    holds: [job()],
    breaks: [job({ image: 'nginx:latest' })],
    finds: only('images-are-pinned', 'latest:Job/once/web'),
  },
  {
    name: 'an init container of latest',
    holds: good,
    breaks: web({
      pod: {
        initContainers: [
          without(
            container({ name: 'first', image: 'busybox:latest' }),
            'livenessProbe',
            'readinessProbe',
            'startupProbe',
          ),
        ],
      },
    }),
    finds: only('images-are-pinned', 'latest:Deployment/web/first'),
  },
  {
    name: 'an image without its digest',
    policy: withDigest,
    holds: web({ container: { image: `nginx@${digest}` } }),
    breaks: web({ container: { image: 'nginx:1.29' } }),
    finds: only('images-are-pinned', 'no-digest:Deployment/web/web'),
  },
  {
    name: 'an image that is pulled at every start, of a CronJob',
    holds: [cronJob()],
    breaks: [cronJob({ imagePullPolicy: 'Always' })],
    finds: only('images-start-from-cache', 'pull-always:CronJob/nightly/web'),
  },
  {
    name: 'an image whose default is to be pulled at every start',
    holds: good,
    where: 'files',
    breaks: [
      deployment({
        pod: { containers: [without(container({ image: 'nginx:latest' }), 'imagePullPolicy')] },
      }),
    ],
    finds: {
      ...only('images-are-pinned', 'latest:Deployment/web/web'),
      ...only('images-start-from-cache', 'pull-always:Deployment/web/web'),
    },
  },
]

const claimPairs: readonly Pair[] = [
  // The API sets the default class, and afterwards nobody can tell that the claim named none.
  {
    name: 'a claim names no class',
    where: 'files',
    holds: [claim()],
    breaks: [nameless],
    finds: only('claims-name-their-class', 'class-missing:data'),
  },
  {
    name: 'the template of a StatefulSet names no class',
    holds: [statefulSet({ spec: { volumeClaimTemplates: [claimTemplate()] } })],
    breaks: [
      statefulSet({
        spec: {
          volumeClaimTemplates: [
            {
              ...claimTemplate(),
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        },
      }),
    ],
    finds: only('claims-name-their-class', 'class-missing:data-web-0'),
  },
  {
    name: 'a claim that the policy does not know',
    holds: [claim()],
    breaks: [claim({}, 'other')],
    finds: only('claims-are-registered', 'claim-unregistered:other'),
  },
  {
    name: 'a StatefulSet will make a claim that the policy does not know',
    holds: [statefulSet({ spec: { volumeClaimTemplates: [claimTemplate()] } })],
    breaks: [statefulSet({ spec: { replicas: 2, volumeClaimTemplates: [claimTemplate()] } })],
    where: 'files',
    finds: only('claims-are-registered', 'claim-unregistered:data-web-1'),
  },
  {
    name: 'a storage class deletes',
    holds: [storageClass('Retain')],
    breaks: [storageClass('Delete')],
    finds: {
      'volumes-are-retained · storage classes and volumes': ['reclaim-delete:StorageClass/trial'],
    },
  },
  {
    name: 'a storage class says nothing of what becomes of the data',
    where: 'files',
    holds: [storageClass('Retain')],
    breaks: [storageClass(undefined)],
    finds: {
      'volumes-are-retained · storage classes and volumes': ['reclaim-delete:StorageClass/trial'],
    },
  },
  {
    name: 'the volume of a claim that the policy wants kept deletes',
    holds: [],
    where: 'files',
    breaks: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'by-hand' },
        spec: { persistentVolumeReclaimPolicy: 'Delete', claimRef: { namespace, name: 'data' } },
      } as KubeObject,
    ],
    finds: {
      'volumes-are-retained · storage classes and volumes': [
        'reclaim-delete:PersistentVolume/by-hand',
      ],
    },
  },
  {
    name: 'two replicas share a volume of one node',
    where: 'files',
    holds: withClaim({ spec: { replicas: 1, strategy: { type: 'Recreate' } } }),
    breaks: withClaim({ spec: { replicas: 2, strategy: { type: 'Recreate' } } }),
    finds: only('single-writers-have-one-pod', 'shared-single-writer:Deployment/web'),
  },
  {
    name: 'a rollout needs a volume of one node twice',
    holds: withClaim({ spec: { strategy: { type: 'Recreate' } } }),
    breaks: withClaim({}),
    finds: only('single-writers-have-one-pod', 'rolling-single-writer:Deployment/web'),
  },
  {
    name:
      'a rollout that ends the old pod first needs it once; ' +
      'a volume that many may write is nobody’s problem',
    holds: withClaim({
      spec: {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      },
    }),
    breaks: withClaim({}, { accessModes: ['ReadWriteMany'] }),
    finds: {},
  },
  {
    name: 'pods on every node share a volume of one',
    holds: [daemonSet(), claim()],
    breaks: [daemonSet({ pod: { nodeSelector: { nowhere: 'yes' }, ...mounting } }), claim()],
    finds: only('single-writers-have-one-pod', 'shared-single-writer:DaemonSet/web'),
  },
]

const placementPairs: readonly Pair[] = [
  {
    name: 'a template does not tolerate the control plane',
    holds: good,
    breaks: web({ pod: { tolerations: [] } }),
    finds: only('templates-tolerate-the-control-plane', 'not-tolerated:Deployment/web'),
  },
  {
    name: 'a template tolerates something else',
    holds: web({ pod: { tolerations: [{ operator: 'Exists' }] } }),
    breaks: web({ pod: { tolerations: [{ key: 'gpu', operator: 'Exists' }] } }),
    finds: only('templates-tolerate-the-control-plane', 'not-tolerated:Deployment/web'),
  },
  {
    name: 'a budget keeps the only pod',
    where: 'files',
    holds: [deployment({ spec: { replicas: 2 } }), budget({ minAvailable: 1 })],
    breaks: [deployment({ spec: { replicas: 1 } }), budget({ minAvailable: 1 })],
    finds: only('budgets-let-nodes-drain', 'drain-blocked:web'),
  },
  {
    name: 'a budget lets nobody go',
    where: 'files',
    holds: [deployment({ spec: { replicas: 3 } }), budget({ maxUnavailable: '30%' })],
    breaks: [deployment({ spec: { replicas: 3 } }), budget({ maxUnavailable: 0 })],
    finds: only('budgets-let-nodes-drain', 'drain-blocked:web'),
  },
  {
    name: 'a container requests no memory',
    holds: good,
    breaks: web({ container: { resources: { requests: { cpu: '10m' }, limits: { cpu: '1' } } } }),
    finds: only(
      'containers-state-their-needs',
      'request-missing:memory:Deployment/web/web',
      'limit-missing:memory:Deployment/web/web',
    ),
  },
  {
    name: 'a container has no limit',
    holds: good,
    breaks: web({ container: { resources: { requests: { cpu: '10m', memory: '16Mi' } } } }),
    finds: only('containers-state-their-needs', 'limit-missing:memory:Deployment/web/web'),
  },
]

const securityPairs: readonly Pair[] = [
  {
    name: 'a container may be root',
    holds: web({
      pod: { securityContext: { runAsNonRoot: true } },
      container: { securityContext: { allowPrivilegeEscalation: false } },
    }),
    breaks: web({ container: { securityContext: { allowPrivilegeEscalation: false } } }),
    finds: only('containers-are-confined', 'may-be-root:Deployment/web/web'),
  },
  {
    name: 'a container is root by number',
    holds: web({
      container: { securityContext: { runAsUser: 1000, allowPrivilegeEscalation: false } },
    }),
    breaks: web({
      container: { securityContext: { runAsUser: 0, allowPrivilegeEscalation: false } },
    }),
    finds: only('containers-are-confined', 'may-be-root:Deployment/web/web'),
  },
  {
    name: 'a container is privileged',
    holds: good,
    breaks: web({ container: { securityContext: { runAsNonRoot: true, privileged: true } } }),
    finds: only('containers-are-confined', 'privileged:Deployment/web/web'),
  },
  {
    name: 'a container may gain rights',
    holds: good,
    breaks: web({ container: { securityContext: { runAsNonRoot: true } } }),
    finds: only('containers-are-confined', 'may-escalate:Deployment/web/web'),
  },
  {
    name: 'a pod shares the processes of its node',
    holds: good,
    breaks: web({ pod: { hostPID: true, hostIPC: true } }),
    finds: only(
      'containers-are-confined',
      'host-namespace:hostPID:Deployment/web',
      'host-namespace:hostIPC:Deployment/web',
    ),
  },
  {
    name: 'a pod mounts a folder of its node',
    holds: web({ pod: { volumes: [{ name: 'tmp', emptyDir: {} }] } }),
    breaks: web({ pod: { volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] } }),
    finds: only('containers-are-confined', 'host-path:Deployment/web/logs'),
  },
  {
    name: 'a password is a literal',
    holds: literal('DB_PASSWORD', '$(FROM_ELSEWHERE)'),
    breaks: literal('DB_PASSWORD', 'tr0ub4dor'),
    finds: only('no-plain-secrets', 'secret-in-variable:Deployment/web/web/DB_PASSWORD'),
  },
  {
    name: 'a password is in a URL',
    holds: literal('DATABASE_URL', 'postgres://db:5432/app'),
    breaks: literal('DATABASE_URL', 'postgres://app:tr0ub4dor@db:5432/app'),
    finds: only('no-plain-secrets', 'secret-in-variable:Deployment/web/web/DATABASE_URL'),
  },
  {
    name: 'a name that only points to a secret is none',
    holds: literal('TOKEN_FILE', '/run/secrets/token'),
    breaks: literal('MAX_TOKENS', '4096'),
    finds: {},
  },
  {
    name: 'a Secret is in a file',
    where: 'files',
    holds: [],
    breaks: [secret({ token: 'tr0ub4dor' })],
    finds: only('no-plain-secrets', 'secret-in-file:keys/token'),
  },
  {
    name: 'a Secret in a file is an example',
    where: 'files',
    holds: [],
    breaks: [secretData({ token: btoa('change-me'), other: '' })],
    finds: only(
      'no-plain-secrets',
      'secret-placeholder:keys/token',
      'secret-placeholder:keys/other',
    ),
  },
  {
    name: 'a Secret that the API keeps is where it belongs',
    where: 'api',
    holds: [],
    breaks: [secretData({ token: btoa('tr0ub4dor') })],
    finds: {},
  },
]

const reference = (kind: string, name: string): string =>
  `reference-missing:Deployment/web:${kind}/${name}`

const referencePairs: readonly Pair[] = [
  {
    name: 'a selector misses its own template',
    where: 'files',
    holds: good,
    breaks: web({ labels: { app: 'wbe' } }),
    finds: only('selectors-find-their-pods', 'selector-misses-template:Deployment/web'),
  },
  {
    name: 'a Service finds nobody',
    holds: [...good, service()],
    breaks: [...good, service({ selector: { app: 'wbe' } })],
    finds: only('selectors-find-their-pods', 'selects-nothing:Service/web'),
  },
  {
    name: 'a probe asks a port that its container does not have',
    holds: [deployment({ container: { livenessProbe: named('http') } })],
    breaks: [deployment({ container: { livenessProbe: named('https') } })],
    finds: only(
      'selectors-find-their-pods',
      'probed-port-missing:Deployment/web/web/livenessProbe',
    ),
  },
  {
    name: 'a Service leads to a port that no container has',
    holds: [...good, service({ ports: [{ port: 80, targetPort: 'http' }] })],
    breaks: [...good, service({ ports: [{ port: 80, targetPort: 'https' }] })],
    finds: only('selectors-find-their-pods', 'served-port-missing:Service/web/https'),
  },
  {
    name: 'a budget protects nobody',
    holds: [...good, budget({ maxUnavailable: 1 })],
    breaks: [
      ...good,
      budget({
        maxUnavailable: 1,
        selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['wbe'] }] },
      }),
    ],
    finds: only('selectors-find-their-pods', 'selects-nothing:PodDisruptionBudget/web'),
  },
  {
    name: 'the Service of a StatefulSet is missing',
    holds: [statefulSet({ spec: { serviceName: 'web' } }), service({ clusterIP: 'None' })],
    breaks: [statefulSet({ spec: { serviceName: 'web' } })],
    finds: only('selectors-find-their-pods', 'governing-service-missing:web'),
  },
  {
    name: 'what a pod is configured with is not there',
    holds: web({
      container: {
        envFrom: [
          { secretRef: { name: 'made-by-hand' } },
          { configMapRef: { name: 'perhaps', optional: true } },
        ],
      },
      pod: { serviceAccountName: 'default' },
    }),
    breaks: web({
      container: {
        envFrom: [{ secretRef: { name: 'nowhere' } }],
        env: [
          {
            name: 'MODE',
            valueFrom: { configMapKeyRef: { name: 'nowhere', key: 'mode' } },
          },
        ],
      },
      pod: { imagePullSecrets: [{ name: 'pull' }] },
    }),
    finds: only(
      'references-lead-somewhere',
      reference('Secret', 'nowhere'),
      reference('ConfigMap', 'nowhere'),
      reference('Secret', 'pull'),
    ),
  },
  {
    name: 'what a pod mounts is not there',
    holds: [...withClaim({ spec: { strategy: { type: 'Recreate' } } })],
    breaks: web({
      pod: {
        volumes: [
          { name: 'data', persistentVolumeClaim: { claimName: 'lost' } },
          { name: 'config', configMap: { name: 'lost' } },
          {
            name: 'all',
            projected: {
              sources: [{ secret: { name: 'lost' } }, { configMap: { name: 'kube-root-ca.crt' } }],
            },
          },
        ],
      },
    }),
    finds: only(
      'references-lead-somewhere',
      reference('PersistentVolumeClaim', 'lost'),
      reference('ConfigMap', 'lost'),
      reference('Secret', 'lost'),
    ),
  },
  // The API refuses a pod with a missing account, but accepts such a Deployment.
  {
    name: 'the account of a pod is not there',
    holds: good,
    breaks: web({ pod: { serviceAccountName: 'nobody' } }),
    finds: only('references-lead-somewhere', reference('ServiceAccount', 'nobody')),
  },
]

export const pairs: readonly Pair[] = [
  ...probePairs,
  ...portPairs,
  ...imagePairs,
  ...claimPairs,
  ...placementPairs,
  ...securityPairs,
  ...referencePairs,
]
