// Commands about permissions, and commands that fail: wrong names, bad input, and kinds that this
// cluster does not have.
import { manifest, web, type Command } from './command.ts'

const sandbox = '-n sandbox'
const object = (changes: Readonly<Record<string, unknown>>): string =>
  manifest({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'bad', namespace: 'sandbox' },
    ...changes,
  })
const service = (spec: Readonly<Record<string, unknown>>): string =>
  manifest({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'bad', namespace: 'sandbox' },
    spec,
  })
const pod = (spec: Readonly<Record<string, unknown>>): string =>
  manifest({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bad', namespace: 'sandbox' }, spec })

export const refused: readonly Command[] = [
  { line: 'auth can-i delete pods' },
  { line: 'auth can-i get pods --subresource=log -n sandbox' },
  { line: 'auth can-i get pods --as=nobody' },
  { line: 'auth can-i list nodes --as=system:serviceaccount:sandbox:default' },
  { line: "auth can-i '*' '*'" },
  { line: 'auth can-i get nope' },
  { line: 'get pods -n sandbox --as=nobody' },
  { line: 'delete pod redis-0 -n sandbox --as=nobody' },
  { line: 'top nodes' },
  { line: 'top pods -A' },
  { line: 'get nope' },
  { line: 'get nope.example.com' },
  { line: 'get pod nope' },
  { line: `get pods redis-0 nope ${sandbox}` },
  { line: `get deployment nope ${sandbox} -o yaml` },
  { line: 'get pods -n nope' },
  { line: 'get namespace nope' },
  { line: 'get node nope' },
  { line: `get pods ${sandbox} --field-selector=foo=bar` },
  { line: `get pods ${sandbox} -l 'app in redis'` },
  { line: `get pods ${sandbox} -o jsonpath={.items` },
  { line: `get pods ${sandbox} -o nope` },
  { line: `get pod redis-0 ${sandbox} -A` },
  { line: 'get pods --nope' },
  { line: `describe pod nope ${sandbox}` },
  { line: 'describe nope' },
  { line: `logs nope ${sandbox}` },
  { line: `logs redis-0 ${sandbox} -c nope` },
  { line: `logs redis-0 ${sandbox} --previous` },
  { line: `logs deploy/nope ${sandbox}` },
  { line: `exec nope ${sandbox} -- true` },
  { line: `exec redis-0 ${sandbox} -c nope -- true` },
  { line: `exec redis-0 ${sandbox}` },
  { line: 'port-forward svc/nope 18080:80' },
  { line: `port-forward redis-0 18080:6379 ${sandbox} --as=nobody` },
  { line: `port-forward nope 18080:80 ${sandbox}` },
  { line: `port-forward svc/feed 18080:81 ${sandbox}` },
  { line: `delete pod nope ${sandbox}` },
  { line: `delete pod nope ${sandbox} --ignore-not-found` },
  { line: 'delete namespace nope' },
  { line: 'delete node nope' },
  { line: `scale deployment nope ${sandbox} --replicas=2` },
  { line: `scale deployment feed ${sandbox} --replicas=-1` },
  { line: `scale deployment feed ${sandbox} --current-replicas=7 --replicas=2` },
  { line: `scale daemonset kube-flannel -n kube-system --replicas=2` },
  { line: `set image deployment/feed ${sandbox} nope=busybox:1.37` },
  { line: `set image deployment/nope ${sandbox} a=b` },
  { line: `rollout status deployment/nope ${sandbox}` },
  { line: `rollout undo deployment/feed ${sandbox}` },
  { line: `rollout undo deployment/feed ${sandbox} --to-revision=9` },
  { line: `rollout restart pod/redis-0 ${sandbox}` },
  { line: `rollout history deployment/feed ${sandbox} --revision=9` },
  { line: `patch deployment nope ${sandbox} -p '{}'` },
  { line: `patch deployment feed ${sandbox} -p '{"spec":{"replicas":"two"}}'` },
  {
    line:
      `patch deployment feed ${sandbox} -p ` +
      `'{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'`,
  },
  { line: `patch deployment feed ${sandbox} -p '{nope'` },
  {
    line: `patch deployment feed ${sandbox} --type=json -p '[{"op":"remove","path":"/spec/nope"}]'`,
  },
  {
    line:
      `patch deployment feed ${sandbox} --type=json -p ` +
      `'[{"op":"test","path":"/spec/replicas","value":7}]'`,
  },
  { line: `patch deployment feed ${sandbox} --type=merge -p '{"spec":{"nope":1}}'` },
  { line: `patch pod redis-0 ${sandbox} -p '{"spec":{"nodeName":"other"}}'` },
  { line: `patch service feed ${sandbox} -p '{"spec":{"ports":[{"port":80,"nodePort":70000}]}}'` },
  { line: `patch deployment feed ${sandbox} --type=nope -p '{}'` },
  { line: `label pod redis-0 ${sandbox} app=other` },
  { line: `label pod redis-0 ${sandbox} 'bad key=1'` },
  { line: `label pod nope ${sandbox} a=b` },
  { line: `annotate pod nope ${sandbox} a=b` },
  { line: `taint nodes sandbox-1 dedicated-` },
  { line: `taint nodes sandbox-1 dedicated=x:Nope` },
  { line: `taint nodes nope dedicated=x:NoSchedule` },
  { line: 'cordon nope' },
  { line: 'drain nope' },
  { line: `wait pod/nope ${sandbox} --for=condition=Ready --timeout=1s` },
  { line: `wait deployment/feed ${sandbox} --for=condition=Never --timeout=1s` },
  { line: `wait pod/redis-0 ${sandbox} --for=delete --timeout=1s` },
  { line: `wait pod ${sandbox} -l app=nope --for=condition=Ready --timeout=1s` },
  { line: 'apply -f -', stdin: object({ kind: 'Nope' }) },
  { line: 'apply -f -', stdin: object({ apiVersion: 'nope/v1' }) },
  { line: 'apply -f -', stdin: object({ data: { a: 1 } }) },
  { line: 'apply -f -', stdin: object({ nope: true }) },
  { line: 'apply -f -', stdin: object({ metadata: { namespace: 'sandbox' } }) },
  { line: 'apply -f -', stdin: object({ metadata: { name: 'Bad_Name', namespace: 'sandbox' } }) },
  { line: 'apply -f -', stdin: object({ metadata: { name: 'bad', namespace: 'nope' } }) },
  { line: 'apply -f -', stdin: '{nope' },
  { line: 'apply -f -', stdin: '' },
  { line: 'apply -f /nowhere.yaml' },
  {
    line: 'apply -f -',
    stdin: service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30081 }] }),
  },
  { line: 'apply -f -', stdin: service({ ports: [{ port: 0 }] }) },
  { line: 'apply -f -', stdin: service({ ports: [{ port: 80 }, { port: 81 }] }) },
  { line: 'apply -f -', stdin: service({ type: 'Nope', ports: [{ port: 80 }] }) },
  { line: 'apply -f -', stdin: pod({ containers: [] }) },
  { line: 'apply -f -', stdin: pod({ containers: [{ name: 'a' }] }) },
  {
    line: 'apply -f -',
    stdin: pod({
      containers: [
        { name: 'a', image: 'busybox:1.37' },
        { name: 'a', image: 'busybox:1.37' },
      ],
    }),
  },
  {
    line: 'apply -f -',
    stdin: pod({ restartPolicy: 'Sometimes', containers: [{ name: 'a', image: 'busybox:1.37' }] }),
  },
  {
    line: 'apply -f -',
    stdin: pod({
      containers: [
        { name: 'a', image: 'busybox:1.37', volumeMounts: [{ name: 'nope', mountPath: '/x' }] },
      ],
    }),
  },
  {
    line: 'apply -f -',
    stdin: pod({
      containers: [
        {
          name: 'a',
          image: 'busybox:1.37',
          resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } },
        },
      ],
    }),
  },
  {
    line: 'apply -f -',
    stdin: pod({
      containers: [{ name: 'a', image: 'busybox:1.37', livenessProbe: { httpGet: { path: '/' } } }],
    }),
  },
  {
    line: 'apply -f -',
    stdin: web({ spec: { selector: { matchLabels: { app: 'other' } } } }).replace(
      '"shop"',
      '"sandbox"',
    ),
  },
  { line: 'apply -f -', stdin: web({ spec: { replica: 2 } }).replace('"shop"', '"sandbox"') },
  {
    line: 'create -f -',
    stdin: object({ metadata: { name: 'coredns', namespace: 'kube-system' } }),
  },
  { line: 'create namespace sandbox' },
  { line: 'create deployment' },
  { line: 'run bad' },
  { line: 'nope' },
]
