// kubectl commands that change the lab's cluster, as operators type them, in the order of the test.
import type { Command } from './kubectl-command.ts'

const node = 'joelclaw-controlplane-1'
const web = (replicas: string): string =>
  '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web",' +
  `"namespace":"shop"},"spec":{${replicas},"selector":{"matchLabels":{"app":"web"}},` +
  '"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web",' +
  '"image":"nginx:1.27"}]}}}}'

export const changes: readonly Command[] = [
  // A new namespace and its objects.
  { line: 'create namespace shop', code: 0, out: /^namespace\/shop created\n$/ },
  {
    line: 'create namespace shop',
    code: 1,
    err: /^Error from server \(AlreadyExists\): namespaces "shop" already exists\n$/,
  },
  {
    line: 'create configmap settings -n shop --from-literal=a=b',
    code: 0,
    out: /^configmap\/settings created\n$/,
  },
  {
    line: 'create secret generic keys -n shop --from-literal=a=b',
    code: 0,
    out: /^secret\/keys created\n$/,
  },
  { line: 'get secret keys -n shop -o jsonpath={.data.a}', code: 0, out: /^Yg==$/ },
  {
    line: 'apply -f -',
    code: 0,
    out: /^deployment\.apps\/web created\n$/,
    stdin: web('"replicas":2'),
  },
  {
    line: 'apply -f -',
    code: 0,
    out: /^deployment\.apps\/web unchanged\n$/,
    stdin: web('"replicas":2'),
  },
  { line: 'apply -f -', code: 1, err: /unknown field "spec\.replica"/, stdin: web('"replica":2') },
  {
    line: 'apply --server-side --force-conflicts -f -',
    code: 0,
    out: /^deployment\.apps\/web serverside-applied\n$/,
    stdin: web('"replicas":2'),
  },
  {
    line: 'rollout status deployment/web -n shop --timeout=30s',
    code: 0,
    out: /successfully rolled out\n$/,
  },
  {
    line: 'set image deployment/web -n shop web=nginx:1.28',
    code: 0,
    out: /^deployment\.apps\/web image updated\n$/,
  },
  {
    line: 'rollout status deployment/web -n shop --timeout=30s',
    code: 0,
    out: /successfully rolled out\n$/,
  },
  {
    line: 'rollout history deployment/web -n shop',
    code: 0,
    out: /^REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>\n/m,
  },
  {
    line: 'rollout undo deployment/web -n shop',
    code: 0,
    out: /^deployment\.apps\/web rolled back\n$/,
  },
  {
    line: 'rollout restart deployment/web -n shop',
    code: 0,
    out: /^deployment\.apps\/web restarted\n$/,
  },
  {
    line: 'rollout status deployment/web -n shop --timeout=30s',
    code: 0,
    out: /successfully rolled out\n$/,
  },
  {
    line: 'scale deployment/web -n shop --replicas=3',
    code: 0,
    out: /^deployment\.apps\/web scaled\n$/,
  },
  {
    line: 'wait deployment/web -n shop --for=jsonpath={.status.readyReplicas}=3 --timeout=30s',
    code: 0,
    out: /^deployment\.apps\/web condition met\n$/,
  },
  {
    line: 'wait deployment/web -n shop --for=condition=Never --timeout=1s',
    code: 1,
    err: /timed out waiting for the condition on deployments\/web/,
  },
  {
    line: 'patch deployment web -n shop -p {"spec":{"replicas":1}}',
    code: 0,
    out: /^deployment\.apps\/web patched\n$/,
  },
  {
    line: 'patch deployment web -n shop --type=json -p [{"op":"remove","path":"/spec/nope"}]',
    code: 1,
    err: /the server rejected our request due to an error in our request/,
  },
  {
    line: 'describe deployment web -n shop',
    code: 0,
    out: /^NewReplicaSet: +web-\w+ \(1\/1 replicas created\)$/m,
  },
  {
    line: 'label deployment web -n shop tier=front',
    code: 0,
    out: /^deployment\.apps\/web labeled\n$/,
  },
  {
    line: 'label deployment web -n shop tier=back',
    code: 1,
    err: /'tier' already has a value \(front\), and --overwrite is false/,
  },
  {
    line: 'annotate deployment web -n shop note=seen',
    code: 0,
    out: /^deployment\.apps\/web annotated\n$/,
  },
  { line: 'expose deployment web -n shop --port=80', code: 0, out: /^service\/web exposed\n$/ },
  {
    line: 'run once -n shop --image=busybox --restart=Never -- sleep 3600',
    code: 0,
    out: /^pod\/once created\n$/,
  },
  {
    line: 'wait pod/once -n shop --for=condition=Ready --timeout=30s',
    code: 0,
    out: /^pod\/once condition met\n$/,
  },
  { line: 'events -n shop', code: 0, out: /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n/ },
  {
    line: 'get events -n shop --sort-by=.lastTimestamp',
    code: 0,
    out: /Normal +Scheduled +pod\/once +Successfully assigned shop\/once to /,
  },
  {
    line: 'delete pod once -n shop --force --grace-period=0',
    code: 0,
    out: /^pod "once" force deleted/,
    err: /Immediate deletion does not wait/,
  },
  { line: 'delete deployment web -n shop', code: 0, out: /^deployment\.apps "web" deleted/ },
  {
    line: 'delete deployment web -n shop',
    code: 1,
    err: /^Error from server \(NotFound\): deployments\.apps "web" not found\n$/,
  },
  { line: 'delete deployment web -n shop --ignore-not-found', code: 0, out: /^$/ },
  {
    line: 'create job sum -n shop --image=busybox -- true',
    code: 0,
    out: /^job\.batch\/sum created\n$/,
  },
  {
    line: 'wait job/sum -n shop --for=condition=Complete --timeout=30s',
    code: 0,
    out: /^job\.batch\/sum condition met\n$/,
  },
  {
    line: 'get jobs -n shop',
    code: 0,
    out: /^NAME +STATUS +COMPLETIONS +DURATION +AGE\nsum +Complete +1\/1 /,
  },
  { line: 'delete namespace shop --timeout=30s', code: 0, out: /^namespace "shop" deleted\n$/ },
  // The node.
  { line: `taint nodes ${node} dedicated=x:NoSchedule`, code: 0, out: /^node\/\S+ tainted\n$/ },
  { line: `taint nodes ${node} dedicated-`, code: 0, out: /^node\/\S+ untainted\n$/ },
  { line: `taint nodes ${node} dedicated-`, code: 1, err: /taint "dedicated" not found/ },
  { line: `cordon ${node}`, code: 0, out: /^node\/\S+ cordoned\n$/ },
  { line: 'get nodes', code: 0, out: / Ready,SchedulingDisabled / },
  { line: `drain ${node}`, code: 1, err: /cannot delete DaemonSet-managed Pods/ },
  {
    line: `drain ${node} --ignore-daemonsets --delete-emptydir-data --timeout=60s`,
    code: 0,
    out: /^evicting pod joelclaw\/redis-0|drained\n$/m,
  },
  { line: 'get pods -n joelclaw', code: 0, out: /^redis-0 +0\/1 +Pending /m },
  { line: `uncordon ${node}`, code: 0, out: /^node\/\S+ uncordoned\n$/ },
  { line: 'rollout status statefulset/redis -n joelclaw --timeout=60s', code: 0 },
  {
    line: 'rollout restart statefulset/redis -n joelclaw',
    code: 0,
    out: /^statefulset\.apps\/redis restarted\n$/,
  },
  {
    line: 'rollout history statefulset/redis -n joelclaw',
    code: 0,
    out: /^REVISION +CHANGE-CAUSE\n/m,
  },
  {
    line: 'wait pod/redis-0 -n joelclaw --for=condition=Ready --timeout=60s',
    code: 0,
    out: /^pod\/redis-0 condition met\n$/,
  },
  { line: 'exec redis-0 -n joelclaw -- redis-cli ping', code: 0, out: /^PONG\n$/ },
  {
    line: 'exec redis-0 -n joelclaw -- false',
    code: 1,
    err: /command terminated with exit code 1\n$/,
  },
  { line: 'exec nope -n joelclaw -- true', code: 1, err: /pods "nope" not found/ },
  // A wait for the pod's end could miss it: the replacement has the same name and comes at ten
  // times real speed.
  { line: 'delete pod redis-0 -n joelclaw --wait=false', code: 0, out: /^pod "redis-0" deleted/ },
]
