// Commands that change a cluster, in a namespace of their own, from its creation to its deletion.
import { manifest, web, type Command } from './command.ts'

const shop = '-n shop'
const settings = (data: Readonly<Record<string, string>>): string =>
  manifest({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop' },
    data,
  })
const limits =
  '{"spec":{"template":{"spec":{"containers":[{"name":"web",' +
  '"resources":{"limits":{"memory":"64Mi"}}}]}}}}'
/** Long enough for a start under load. The wait ends as soon as the condition is met. */
const ready = `rollout status deployment/web ${shop} --timeout=90s`

export const changing: readonly Command[] = [
  { line: 'create namespace shop' },
  { line: 'create namespace shop' },
  { line: `create configmap settings ${shop} --from-literal=a=1` },
  { line: `create configmap settings ${shop} --from-literal=a=1` },
  { line: `create configmap other ${shop} --from-literal=a=1 --dry-run=client -o yaml` },
  { line: `create configmap other ${shop} --from-literal=a=1 --dry-run=server -o yaml` },
  { line: `create secret generic keys ${shop} --from-literal=token=abc` },
  { line: `get secret keys ${shop} -o yaml` },
  { line: `describe secret keys ${shop}` },
  { line: `create serviceaccount robot ${shop}` },
  { line: `create role reader ${shop} --verb=get,list --resource=pods` },
  { line: `create rolebinding robot ${shop} --role=reader --serviceaccount=shop:robot` },
  { line: `auth can-i list pods ${shop} --as=system:serviceaccount:shop:robot` },
  { line: `describe role reader ${shop}` },
  // Applied from the client.
  { line: 'apply -f -', stdin: settings({ a: '1', b: '2' }) },
  { line: 'apply -f -', stdin: settings({ b: '3' }) },
  { line: `get configmap settings ${shop} -o jsonpath={.data}` },
  { line: 'diff -f -', stdin: settings({ b: '3' }) },
  { line: 'diff -f -', stdin: settings({ b: '4' }) },
  { line: 'apply --dry-run=server -f -', stdin: settings({ b: '5' }) },
  { line: 'apply --dry-run=client -f -', stdin: settings({ b: '5' }) },
  { line: 'apply -f -', stdin: web() },
  { line: 'apply -f -', stdin: web() },
  { line: ready },
  { line: `get deployment web ${shop}` },
  { line: `get pods ${shop}` },
  { line: `logs <pod web> ${shop}` },
  { line: `logs deploy/web ${shop} --tail=1` },
  { line: `exec <pod web> ${shop} -- echo hello` },
  { line: `exec <pod web> ${shop} -- false` },
  { line: `exec <pod web> ${shop} -- sh -c 'exit 3'` },
  { line: `exec deploy/web ${shop} -- echo hello` },
  { line: `exec <pod web> ${shop} -- nope` },
  { line: `logs <pod web> ${shop} -c nope` },
  // Applied by the server.
  { line: 'apply --server-side -f -', stdin: settings({ b: '6' }) },
  { line: 'apply --server-side --force-conflicts -f -', stdin: settings({ b: '6' }) },
  { line: 'apply --server-side --field-manager=other -f -', stdin: settings({ b: '7' }) },
  { line: 'apply --server-side --field-manager=other -f -', stdin: settings({ c: '8' }) },
  { line: `get configmap settings ${shop} -o jsonpath={.data}` },
  {
    line: 'apply --server-side --field-manager=other --force-conflicts -f -',
    stdin: settings({ b: '7' }),
  },
  { line: `get configmap settings ${shop} -o yaml` },
  // Scaled, labelled, patched.
  { line: `scale deployment/web ${shop} --replicas=2` },
  { line: ready },
  { line: `scale deployment/web ${shop} --current-replicas=2 --replicas=1` },
  { line: `wait deployment/web ${shop} --for=jsonpath={.status.readyReplicas}=1 --timeout=60s` },
  { line: `wait deployment/web ${shop} --for=condition=Available --timeout=60s` },
  { line: `label deployment web ${shop} tier=front` },
  { line: `label deployment web ${shop} tier=front` },
  { line: `label deployment web ${shop} tier=back` },
  { line: `label deployment web ${shop} tier=back --overwrite` },
  { line: `label deployment web ${shop} tier-` },
  { line: `label deployment web ${shop} tier-` },
  { line: `annotate deployment web ${shop} note=seen` },
  { line: `annotate deployment web ${shop} note=again` },
  { line: `annotate deployment web ${shop} note-` },
  { line: `patch deployment web ${shop} -p '{"spec":{"minReadySeconds":1}}'` },
  { line: `patch deployment web ${shop} -p '{"spec":{"minReadySeconds":1}}'` },
  {
    line: `patch deployment web ${shop} --type=merge -p '{"metadata":{"labels":{"kind":"merge"}}}'`,
  },
  {
    line:
      `patch deployment web ${shop} --type=json -p ` +
      `'[{"op":"add","path":"/metadata/labels/kind","value":"json"}]'`,
  },
  {
    line:
      `patch deployment web ${shop} --type=json -p ` +
      `'[{"op":"remove","path":"/metadata/labels/kind"}]'`,
  },
  {
    line:
      `patch deployment web ${shop} -p ` +
      `'{"spec":{"template":{"spec":{"nodeSelector":{"$patch":"replace"}}}}}'`,
  },
  {
    line:
      `patch deployment web ${shop} -p ` +
      `'{"spec":{"template":{"spec":{"volumes":[{"$patch":"delete","name":"nope"}]}}}}'`,
  },
  {
    line:
      `patch deployment web ${shop} -p '${limits}' --dry-run=server -o ` +
      'jsonpath={.spec.template.spec.containers[0].resources}',
  },
  {
    line:
      `patch deployment web ${shop} --subresource=scale --type=merge -p ` +
      `'{"spec":{"replicas":1}}'`,
  },
  { line: `get deployment web ${shop} --subresource=scale -o yaml` },
  { line: `set env deployment/web ${shop} COLOR=blue` },
  { line: ready },
  { line: `set env deployment/web ${shop} --list` },
  { line: `set resources deployment/web ${shop} --limits=memory=64Mi --requests=memory=32Mi` },
  { line: ready },
  // Rolled out, and back.
  { line: `set image deployment/web ${shop} web=redis:7-alpine` },
  { line: ready },
  { line: `set image deployment/web ${shop} web=redis:7-alpine` },
  { line: `rollout history deployment/web ${shop}` },
  { line: `rollout history deployment/web ${shop} --revision=1` },
  { line: `rollout undo deployment/web ${shop}` },
  { line: ready },
  { line: `rollout undo deployment/web ${shop} --to-revision=1` },
  { line: ready },
  { line: `rollout restart deployment/web ${shop}` },
  { line: ready },
  { line: `rollout pause deployment/web ${shop}` },
  { line: `rollout pause deployment/web ${shop}` },
  { line: `rollout restart deployment/web ${shop}` },
  { line: `rollout status deployment/web ${shop} --timeout=1s` },
  { line: `rollout resume deployment/web ${shop}` },
  { line: `rollout resume deployment/web ${shop}` },
  { line: `get deployment web ${shop} -o jsonpath={.spec.template.spec.containers[0].image}` },
  { line: `describe deployment web ${shop}` },
  { line: `expose deployment web ${shop} --port=80 --target-port=http` },
  { line: `expose deployment web ${shop} --port=80` },
  { line: `get service web ${shop}` },
  { line: `set selector service web ${shop} app=other` },
  { line: `autoscale deployment web ${shop} --max=2 --dry-run=server` },
  // Single pods.
  {
    line:
      `run once ${shop} --image=busybox:1.37 --image-pull-policy=IfNotPresent --restart=Never ` +
      '-- sleep 3600',
  },
  { line: `wait pod/once ${shop} --for=condition=Ready --timeout=60s` },
  { line: `get pod once ${shop}` },
  { line: `describe pod once ${shop}` },
  {
    line:
      `get events ${shop} --field-selector involvedObject.name=once -o ` +
      'custom-columns=TYPE:.type,REASON:.reason,FROM:.source.component,MESSAGE:.message',
  },
  { line: `events ${shop} --for pod/once` },
  { line: `run once ${shop} --image=busybox:1.37` },
  { line: `delete pod once ${shop} --force --grace-period=0` },
  {
    line:
      `run gone ${shop} --image=busybox:1.37 --image-pull-policy=IfNotPresent --restart=Never ` +
      "-- sh -c 'echo bye; exit 3'",
  },
  { line: `wait pod/gone ${shop} --for=jsonpath={.status.phase}=Failed --timeout=60s` },
  { line: `get pod gone ${shop}` },
  { line: `logs gone ${shop}` },
  { line: `exec gone ${shop} -- true` },
  { line: `describe pod gone ${shop}` },
  { line: `delete pod gone ${shop} --now` },
  {
    line:
      `run lost ${shop} --image=nowhere.invalid/lost:1 --image-pull-policy=Never ` +
      '--restart=Never',
  },
  {
    line:
      `wait pod/lost ${shop} ` +
      '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImageNeverPull ' +
      '--timeout=60s',
  },
  { line: `get pod lost ${shop}` },
  { line: `logs lost ${shop}` },
  { line: `delete pod lost ${shop} --grace-period=1` },
  { line: `create job sum ${shop} --image=busybox:1.37 -- true` },
  { line: `wait job/sum ${shop} --for=condition=Complete --timeout=90s` },
  { line: `get jobs ${shop}` },
  { line: `describe job sum ${shop}` },
  { line: `delete job sum ${shop}` },
  { line: `replace -f -`, stdin: settings({ z: '9' }) },
  { line: `get events ${shop} --field-selector type=Warning` },
  { line: `delete pod <pod web> ${shop}` },
  { line: ready },
  { line: `delete deployment web ${shop}` },
  { line: `delete deployment web ${shop}` },
  { line: `delete service,configmap --all ${shop}` },
  { line: `get all ${shop}` },
  { line: 'delete namespace shop' },
  { line: 'get namespace shop' },
]
