// Operating the node and what runs on it: taints, cordon, drain, deleted pods, restarts.
import type { Command } from './command.ts'

const node = 'sandbox-1'
const sandbox = '-n sandbox'
const untilPending = '--for=jsonpath={.status.phase}=Pending'
const pending = `wait pod ${sandbox} -l app=site ${untilPending} --timeout=30s`
const siteReady = `rollout status deployment/site ${sandbox} --timeout=90s`
const redisReady = `rollout status statefulset/redis ${sandbox} --timeout=120s`

export const operating: readonly Command[] = [
  { line: `exec redis-0 ${sandbox} -- redis-cli ping` },
  { line: `exec <pod feed> ${sandbox} -- wget -qO- http://127.0.0.1:8080/health` },
  { line: `logs <pod feed> ${sandbox}` },
  // A taint that nobody tolerates.
  { line: `taint nodes ${node} dedicated=x:NoSchedule` },
  { line: `taint nodes ${node} dedicated=y:NoSchedule` },
  { line: `taint nodes ${node} dedicated=y:NoSchedule --overwrite` },
  { line: `get node ${node} -o jsonpath={.spec.taints}` },
  { line: `delete pod <pod site> ${sandbox}` },
  { line: pending },
  { line: `get pods ${sandbox} -l app=site` },
  {
    line:
      `get events ${sandbox} --field-selector reason=FailedScheduling -o ` +
      'custom-columns=TYPE:.type,FROM:.reportingComponent,MESSAGE:.message',
  },
  { line: `describe pod -l app=site ${sandbox}` },
  { line: `rollout status deployment/site ${sandbox} --timeout=1s` },
  { line: `taint nodes ${node} dedicated-` },
  { line: siteReady },
  // Cordon and drain.
  { line: `cordon ${node}` },
  { line: `cordon ${node}` },
  { line: 'get nodes' },
  { line: `get node ${node} -o jsonpath={.spec.taints[*].key}` },
  { line: `delete pod <pod site> ${sandbox} --force --grace-period=0` },
  { line: pending },
  { line: `describe pod -l app=site ${sandbox}` },
  { line: `uncordon ${node}` },
  { line: `uncordon ${node}` },
  { line: siteReady },
  { line: `drain ${node} --dry-run=client` },
  { line: `drain ${node} --pod-selector=app=site --ignore-daemonsets --timeout=60s` },
  { line: `uncordon ${node}` },
  { line: siteReady },
  // Deleted and restarted.
  { line: `delete pod redis-0 ${sandbox}` },
  { line: redisReady },
  { line: `get pvc data-redis-0 ${sandbox} -o jsonpath={.status.phase}` },
  { line: `rollout restart statefulset/redis ${sandbox}` },
  { line: redisReady },
  { line: `rollout history statefulset/redis ${sandbox}` },
  { line: `rollout undo statefulset/redis ${sandbox}` },
  { line: redisReady },
  { line: `delete pod redis-0 ${sandbox} --force --grace-period=0` },
  { line: redisReady },
  { line: 'rollout restart daemonset/kube-flannel -n kube-system' },
  { line: 'rollout status daemonset/kube-flannel -n kube-system --timeout=90s' },
  { line: `scale statefulset redis ${sandbox} --replicas=0` },
  { line: `wait pod/redis-0 ${sandbox} --for=delete --timeout=60s` },
  { line: `scale statefulset redis ${sandbox} --replicas=1` },
  { line: redisReady },
  { line: `label node ${node} disk=fast` },
  { line: `get nodes -l disk=fast -o name` },
  { line: `label node ${node} disk-` },
  { line: `patch node ${node} --type=merge -p '{"metadata":{"annotations":{"note":"seen"}}}'` },
  { line: `annotate node ${node} note-` },
  { line: `delete pvc data-redis-0 ${sandbox} --wait=false` },
  { line: `get pvc data-redis-0 ${sandbox}` },
  { line: `describe pvc data-redis-0 ${sandbox}` },
]
