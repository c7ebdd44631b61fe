// kubectl commands that read the lab's cluster, as operators type them.
import type { Command } from './kubectl-command.ts'

const node = 'joelclaw-controlplane-1'

export const reads: readonly Command[] = [
  // Existing objects.
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
    out: new RegExp(
      String.raw`INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME\n` +
        String.raw`.* 10\.5\.0\.2 +<none> +Talos \(v1\.12\.4\) +\S+ +containerd:\/\/\S+\n$`,
    ),
  },
  {
    line: 'get pods -A',
    code: 0,
    out: new RegExp(
      String.raw`^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE\n` +
        String.raw`([a-z-]+ +[a-z0-9-]+ +1\/1 +Running +0 +\d+\S+\n){15}$`,
    ),
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
    out: new RegExp(
      String.raw`^pod\/redis-0[^]*^service\/redis[^]*^deployment\.apps\/[^]*` +
        String.raw`^replicaset\.apps\/[^]*^statefulset\.apps\/redis`,
      'm',
    ),
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
  // Permissions, and objects that do not exist.
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
]
