// kubectl as operators type it, in the order in which it is run against a served lab: exit code and
// shape of the output.

export interface Command {
  /** Words after `kubectl`, as a shell would split them. */
  line: string
  code: number
  /** Of stdout. */
  out?: RegExp
  /** Of stderr. */
  err?: RegExp
  stdin?: string
}

const node = 'joelclaw-controlplane-1'
const web = (replicas: string): string =>
  '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},' +
  `"spec":{${replicas},"selector":{"matchLabels":{"app":"web"}},` +
  '"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web",' +
  '"image":"nginx:1.27"}]}}}}'

export const commands: readonly Command[] = [
  // What is there.
  {
    line: 'version',
    code: 0,
    out: /^Client Version: v1\.\d+.*\n(.*\n)*Server Version: v1\.35\.0\n$/,
  },
  {
    line: 'cluster-info',
    code: 0,
    out: /control plane.* is running at .*https:\/\/127\.0\.0\.1:\d+/,
  },
  { line: 'api-versions', code: 0, out: /^apps\/v1$[^]*^v1$/m },
  { line: 'api-resources --namespaced=false -o name', code: 0, out: /^nodes$/m },
  { line: 'get --raw /readyz', code: 0, out: /^ok$/ },
  {
    line: 'get nodes',
    code: 0,
    out: new RegExp(
      `^NAME +STATUS +ROLES +AGE +VERSION\\n${node} +Ready +control-plane +\\d+\\S+ ` +
        '+v1\\.35\\.0\\n$',
    ),
  },
  {
    line: 'get nodes -o wide',
    code: 0,
    out: /INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME\n.* 10\.5\.0\.2 +<none> +Talos \(v1\.12\.4\) +\S+ +containerd:\/\/\S+\n$/,
  },
  {
    line: 'get pods -A',
    code: 0,
    out: /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE\n([a-z-]+ +[a-z0-9-]+ +1\/1 +Running +0 +\d+\S+\n){15}$/,
  },
  {
    line: 'get pods -n joelclaw -o wide',
    code: 0,
    out: /AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/,
  },
  { line: 'get pod redis-0 -n joelclaw -o jsonpath={.status.phase}', code: 0, out: /^Running$/ },
  { line: 'get pods -n joelclaw -l app=redis -o name', code: 0, out: /^pod\/redis-0\n$/ },
  {
    line: 'get pods -A --field-selector=status.phase!=Running',
    code: 0,
    out: /^$/,
    err: /^No resources found\n$/,
  },
  {
    line: 'get pods -A --sort-by=.metadata.name -o custom-columns=NAME:.metadata.name',
    code: 0,
    out: /^NAME\nadminjob-/,
  },
  { line: 'get pod redis-0 -n joelclaw -o yaml', code: 0, out: /^apiVersion: v1\nkind: Pod\n/ },
  {
    line: 'get services -n joelclaw',
    code: 0,
    out: /^redis +NodePort +10\.96\.\d+\.\d+ +<none> +6379:6379\/TCP +\d+\S+$/m,
  },
  {
    line: 'get deployments,statefulsets,daemonsets -A',
    code: 0,
    out: /statefulset\.apps\/redis +1\/1/,
  },
  {
    line: 'get all -n joelclaw',
    code: 0,
    out: /^pod\/redis-0[^]*^service\/redis[^]*^deployment\.apps\/[^]*^replicaset\.apps\/[^]*^statefulset\.apps\/redis/m,
  },
  {
    line: 'get pvc,pv -n joelclaw',
    code: 0,
    out: /persistentvolumeclaim\/data-redis-0 +Bound +pvc-\S+ +1Gi +RWO +local-path +<unset>/,
  },
  {
    line: 'get storageclass',
    code: 0,
    out: /^local-path \(default\) +rancher\.io\/local-path +Delete +WaitForFirstConsumer +false/m,
  },
  {
    line: 'get configmaps,secrets -n joelclaw',
    code: 0,
    out: /secret\/ghcr-pull +kubernetes\.io\/dockerconfigjson +1/,
  },
  {
    line: 'get endpointslices -n joelclaw',
    code: 0,
    out: /^redis-\w+ +IPv4 +6379 +10\.244\.0\.\d+/m,
  },
  { line: 'get leases -A', code: 0, out: new RegExp(`^kube-node-lease +${node} +${node} `, 'm') },
  {
    line: `describe node ${node}`,
    code: 0,
    out: /^Conditions:\n[^]*KubeletReady[^]*^Non-terminated Pods: +\(15 in total\)/m,
  },
  {
    line: 'describe pod redis-0 -n joelclaw',
    code: 0,
    out: /^Controlled By: +StatefulSet\/redis\n[^]*Liveness: +exec \[redis-cli ping\] delay=5s/m,
  },
  { line: 'describe pvc data-redis-0 -n joelclaw', code: 0, out: /^Used By: +redis-0$/m },
  {
    line: 'describe service redis -n joelclaw',
    code: 0,
    out: /^Endpoints: +10\.244\.0\.\d+:6379$/m,
  },
  {
    line: 'explain deployment.spec.strategy',
    code: 0,
    out: /FIELD: strategy <DeploymentStrategy>[^]*rollingUpdate\t<RollingUpdateDeployment>/,
  },
  // What one may, and what is not there.
  { line: 'auth can-i delete pods', code: 0, out: /^yes\n$/ },
  { line: 'auth can-i --list', code: 0, out: /^\*\.\* +\[\] +\[\] +\[\*\]$/m },
  { line: 'auth whoami', code: 0, out: /^Username +kubernetes-admin$/m },
  {
    line: 'get pod nope',
    code: 1,
    err: /^Error from server \(NotFound\): pods "nope" not found\n$/,
  },
  { line: 'get nope', code: 1, err: /^error: the server doesn't have a resource type "nope"\n$/ },
  { line: 'get pods --field-selector=foo=bar', code: 1, err: /field label not supported: foo\n$/ },
  { line: 'get pods -n nope', code: 0, err: /^No resources found in nope namespace\.\n$/ },
  { line: 'top pods', code: 1, err: /^error: Metrics API not available\n$/ },
  { line: 'top nodes', code: 1, err: /^error: Metrics API not available\n$/ },
  { line: 'logs redis-0 -n joelclaw', code: 0 },
  { line: 'logs nope -n joelclaw', code: 1, err: /pods "nope" not found/ },
  {
    line: 'logs redis-0 -n joelclaw -c nope',
    code: 1,
    err: /container nope is not valid for pod redis-0/,
  },
  {
    line: 'logs redis-0 -n joelclaw --previous',
    code: 1,
    err: /previous terminated container "redis" in pod "redis-0" not found/,
  },
  {
    line: 'port-forward -n joelclaw svc/redis 16379:6379',
    code: 1,
    err: /error upgrading connection: .*pods "redis-0" is forbidden|pods\/portforward/,
  },
  // A namespace of one's own.
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
  // Whoever waits for its end may miss it: its successor has the same name, and comes at ten times
  // the speed of life.
  { line: 'delete pod redis-0 -n joelclaw --wait=false', code: 0, out: /^pod "redis-0" deleted/ },
]
