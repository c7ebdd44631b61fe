// Which commands and requests the guard refuses, however they are written, and which it lets
// through.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fetch } from 'undici'
import { describe, expect, test } from 'vitest'
import { ForbiddenAct } from '#src/commands/forbidden-act.ts'
import { forbiddenActs, guarded, type ForbiddenName } from './forbidden.ts'
import { judgeCommand } from './commands.ts'
import { judgeRequest } from '#helpers/kubernetes/requests.ts'
import { messageOf, scripted } from '#tests/runtime/scripted.ts'
import { quoted } from '#src/commands/shell-words.ts'

/** A command line as a person would write it, as the words that a program would get. */
const judge = (line: string, stdin?: string) =>
  judgeCommand(line.split(' '), { noExec: 'all', except: [], stdin })
/** A line of shell, given to bash -c. */
const judgeLine = (line: string) =>
  judgeCommand(['bash', '-lc', line], { noExec: 'all', except: [] })
const ssh = 'ssh -F /Users/joel/.colima/_lima/colima/ssh.config -o ConnectTimeout=3 lima-colima --'

describe('forbidden commands', () => {
  const refused: Record<ForbiddenName, readonly string[]> = {
    'delete-claim': [
      'kubectl delete pvc data-redis-0',
      'kubectl -n joelclaw delete pvc --all',
      'kubectl --context admin@joelclaw delete persistentvolumeclaims/data-redis-0 -n joelclaw',
      'kubectl delete pod,pvc -l app=redis',
      'kubectl delete pod/a PVC/b',
      'kubectl delete persistentvolumeclaims.v1 x',
      'kubectl delete -f k8s/',
      'kubectl delete --filename=k8s/redis.yaml',
      'kubectl delete -k overlays/x',
      'kubectl delete --raw /api/v1/namespaces/joelclaw/persistentvolumeclaims/data-redis-0',
      'kubectl replace --force -f redis.yaml',
      'kubectl apply --prune -f k8s/ --all',
      'k3s kubectl delete pvc x',
    ],
    'delete-volume': [
      'kubectl delete pv nas-hdd',
      'docker volume rm x',
      'docker --host unix:///s volume prune -f',
    ],
    'delete-namespace': ['kubectl delete ns joelclaw', 'kubectl delete namespace/joelclaw'],
    'destroy-cluster': [
      'talosctl cluster destroy --name joelclaw',
      'talosctl --talosconfig /c cluster --provisioner docker destroy',
      'talosctl reset -n 10.5.0.2 --graceful=false',
      'docker rm -f joelclaw-controlplane-1',
      'docker container prune -f',
      'docker system prune -af --volumes',
      'docker compose down -v',
      'kubeadm reset',
      'kind delete cluster',
      '/usr/local/bin/k3s-uninstall.sh',
    ],
    'delete-vm': [
      'colima delete',
      'colima --profile work delete -f',
      'limactl delete colima',
      'limactl factory-reset colima',
      'limactl disk delete colima',
      'rm -rf /Users/joel/.colima',
      'rm -rf ~/.colima/_lima/colima',
      'rm ~/.colima/_lima/colima/diffdisk',
    ],
    'exec-into-talos': [
      'docker exec joelclaw-controlplane-1 ls',
      'docker --host unix:///s exec -it -u root joelclaw-controlplane-1 sh',
      'docker container exec x true',
    ],
    'kill-by-pattern': [
      'pkill -f kubectl',
      'killall ssh',
      'sudo pkill ssh',
      'kill -9 12 13',
      'kill -- -400',
      'kill -TERM -400',
      'kill 1',
      'kill 0',
      'kill -1',
      'kill -9 -1',
      'kill -s KILL 5 6',
      'kill %1',
      'fuser -k 8108/tcp',
      'xargs kill',
      'xargs -n 1 kill -9',
      'env A=b timeout -k 5 10 pkill x',
      'kubectl exec redis-0 -n joelclaw -- pkill redis-server',
    ],
    'kill-ssh-mux': [
      'ssh -F /c -O exit lima-colima',
      'ssh -Oexit lima-colima',
      'ssh lima-colima -O stop',
      'rm -f /Users/joel/.colima/_lima/colima/ssh.sock',
      'unlink /x/ssh.sock',
      'mv /x/ssh.sock /tmp/',
      'rm -f ~/.colima/_lima/colima/*.sock',
      'find /x -name y -exec rm /x/ssh.sock ;',
    ],
    'port-forward': [
      'kubectl port-forward svc/redis 6379:6379',
      'kubectl -n joelclaw --context=x port-forward pod/redis-0 6379',
      'nohup kubectl port-forward svc/redis 6379',
    ],
  }

  test('the table of acts and the examples here name the same acts', () => {
    expect(Object.keys(refused).toSorted()).toEqual(
      forbiddenActs.map(({ name }) => name).toSorted(),
    )
  })

  test.for(
    Object.entries(refused).flatMap(([name, lines]) => lines.map(line => [line, name] as const)),
  )('%s → %s', ([line, name]) => {
    expect(judge(line)).toBe(name)
  })

  const wrappers: Record<string, (line: string) => readonly string[]> = {
    'behind sudo': line => ['sudo', '-u', 'root', ...line.split(' ')],
    'behind env and nohup': line => ['env', '-i', 'A=b', 'nohup', ...line.split(' ')],
    'in a shell': line => ['/bin/sh', '-c', `true && ${line} || false`],
    'in a shell in a shell': line => ['bash', '-lc', `sh -c ${quoted(line)}`],
    'in a substitution': line => ['bash', '-c', `echo "$(${line})"`],
    'over ssh': line => [...ssh.split(' '), ...line.split(' ')],
    'over ssh, quoted for a shell there': line => [
      'ssh',
      '-p',
      '22',
      'user@host',
      'sudo',
      'sh',
      '-c',
      quoted(line),
    ],
    'over colima ssh': line => ['colima', 'ssh', '--', ...line.split(' ')],
    'by xargs': line => ['xargs', '-n', '1', ...line.split(' ')],
  }

  test.for(Object.keys(wrappers))('each of them is seen %s', wrapper => {
    const missed = Object.entries(refused).flatMap(([name, lines]) =>
      lines.filter(
        line => judgeCommand(wrappers[wrapper]!(line), { noExec: 'all', except: [] }) !== name,
      ),
    )
    expect(missed).toEqual([])
  })

  test.for([
    [`${ssh} sudo pkill kubelet`, 'kill-by-pattern'],
    [`${ssh} docker rm -f joelclaw-controlplane-1`, 'destroy-cluster'],
    ['colima ssh -- sudo killall dockerd', 'kill-by-pattern'],
    ['limactl shell colima docker volume prune -f', 'delete-volume'],
  ] as const)('on the far side of ssh: %s → %s', ([line, name]) => {
    expect(judge(line)).toBe(name)
  })

  test('also in a remote shell, in its quotes and in what is sent to it', () => {
    const words = [
      ...ssh.split(' '),
      'sh',
      '-c',
      `'docker ps; docker exec joelclaw-controlplane-1 sh'`,
    ]
    expect(judgeCommand(words, { noExec: 'all', except: [] })).toBe('exec-into-talos')
    expect(judge('ssh lima-colima', 'uptime\npkill -f x\n')).toBe('kill-by-pattern')
    expect(judge('ssh lima-colima -- bash -s', 'colima delete\n')).toBe('delete-vm')
    expect(judge('bash', 'kubectl delete ns x')).toBe('delete-namespace')
  })

  test.for([
    ['cd /tmp && kubectl delete pvc x', 'delete-claim'],
    ['pgrep -f ssh | xargs kill -9', 'kill-by-pattern'],
    ['kill $(pgrep ssh)', 'kill-by-pattern'],
    ['if true; then colima delete -f; fi', 'delete-vm'],
    ['X=$(kubectl port-forward svc/a 1) true', 'port-forward'],
    ['KUBECONFIG=/c kubectl delete pv x', 'delete-volume'],
    ["eval 'killall x'", 'kill-by-pattern'],
  ] as const)('inside a shell: %s → %s', ([line, name]) => {
    expect(judgeLine(line)).toBe(name)
  })

  test.for([
    'kubectl get pvc',
    'kubectl delete pod redis-0 -n joelclaw --force --grace-period=0',
    'kubectl delete pod pvc',
    'kubectl -n pvc delete pod x',
    'kubectl describe pv nas-hdd',
    'kubectl apply -f k8s/redis.yaml',
    'kubectl config use-context admin@joelclaw',
    'kubectl exec redis-0 -- redis-cli ping',
    'docker restart joelclaw-controlplane-1',
    'docker inspect exec',
    'docker kill --signal STOP joelclaw-controlplane-1',
    'docker update --memory 1 joelclaw-controlplane-1',
    'docker image prune -f',
    'talosctl kubeconfig --force /Users/joel/.kube/config',
    'talosctl -n 10.5.0.2 get resetstatus',
    'colima stop --force',
    'colima start',
    'colima restart',
    'colima ssh -- kubectl delete pod redis-0',
    'colima --profile delete start',
    'limactl shell colima uptime',
    'limactl list',
    'kill 4711',
    'kill -9 4711',
    'kill -s STOP 4711',
    'kill -CONT 4711',
    'kill -l',
    'pgrep -x typesense-server',
    'ssh -F /c -O check lima-colima',
    'ssh -F /c -O forward -L /a:/b lima-colima',
    'rm -f /Users/joel/.colima/default/docker.sock',
    'rm -f /run/flannel/subnet.env',
    'ps -axww -o pid=,args=',
    `${ssh} sudo modprobe br_netfilter`,
    `${ssh} kill -STOP 812`,
    'echo pkill',
    'grep -r killall /etc',
    '',
  ])('allowed: %s', line => {
    expect(judge(line)).toBeUndefined()
  })

  test('a target whose nodes have a shell may execute in them, and each command is checked', () => {
    expect(
      judgeCommand(['docker', 'exec', 'k3s-server', 'rm', '/run/flannel/subnet.env'], {
        noExec: [],
        except: [],
      }),
    ).toBeUndefined()
    expect(
      judgeCommand(['docker', 'exec', 'k3s-server', 'pkill', 'flanneld'], {
        noExec: [],
        except: [],
      }),
    ).toBe('kill-by-pattern')
    expect(
      judgeCommand(['docker', 'exec', 'talos-1', 'ls'], { noExec: ['talos-1'], except: [] }),
    ).toBe('exec-into-talos')
  })

  test('an act that is let through does not let through what stands beside it', () => {
    const context = { noExec: 'all', except: ['port-forward'] } as const
    expect(judgeCommand(['bash', '-c', 'kubectl port-forward svc/a 1'], context)).toBeUndefined()
    expect(
      judgeCommand(['bash', '-c', 'kubectl port-forward svc/a 1; kubectl delete pvc x'], context),
    ).toBe('delete-claim')
  })
})

describe('forbidden requests', () => {
  test.for<[string, string, ForbiddenName | undefined]>([
    ['DELETE', '/api/v1/namespaces/joelclaw/persistentvolumeclaims/data-redis-0', 'delete-claim'],
    [
      'DELETE',
      '/api/v1/namespaces/joelclaw/persistentvolumeclaims?labelSelector=app',
      'delete-claim',
    ],
    ['delete', '//api/v1/namespaces/joelclaw/%70ersistentvolumeclaims/x', 'delete-claim'],
    ['DELETE', '/api/v1/x/../namespaces/joelclaw/persistentvolumeclaims/x', 'delete-claim'],
    ['DELETE', '/api/v1/persistentvolumes/nas-hdd', 'delete-volume'],
    ['DELETE', '/api/v1/persistentvolumes', 'delete-volume'],
    ['DELETE', '/api/v1/namespaces/joelclaw', 'delete-namespace'],
    ['DELETE', '/api/v1/namespaces', 'delete-namespace'],
    ['POST', '/api/v1/namespaces/joelclaw/pods/redis-0/portforward', 'port-forward'],
    ['DELETE', '/api/v1/namespaces/joelclaw/pods/redis-0', undefined],
    ['DELETE', '/api/v1/namespaces/persistentvolumeclaims/pods/x', undefined],
    ['GET', '/api/v1/persistentvolumeclaims', undefined],
    ['PATCH', '/api/v1/namespaces/joelclaw', undefined],
    ['DELETE', '/apis/apps/v1/namespaces/joelclaw/deployments/x', undefined],
  ])('%s %s → %s', ([method, path, name]) => {
    expect(judgeRequest(method, path)).toBe(name)
  })
})

describe('guarded', () => {
  test('refuses with the act and the reason, and never calls the shell', async () => {
    const { runtime, asked } = scripted()
    const work = guarded(runtime).shell.run(['kubectl', 'delete', 'pvc', 'data-redis-0'], {
      deadline: 1000,
    })
    expect(await messageOf(work)).toBe(
      'refused, and nothing was sent: kubectl delete pvc data-redis-0. ' +
        'To delete a PersistentVolumeClaim is forbidden (delete-claim): ' +
        'its volume and all data on it go with it: the reclaim policy of local volumes is Delete',
    )
    await expect(work).rejects.toBeInstanceOf(ForbiddenAct)
    expect(asked).toEqual([])
  })

  test('lets everything else through as it is', async () => {
    const { runtime, asked } = scripted({ commands: { 'docker ps': { stdout: 'x' } } })
    const exit = await guarded(runtime).shell.run(['docker', 'ps'], { deadline: 1000 })
    expect(exit).toEqual({ kind: 'exited', code: 0, stdout: 'x', stderr: '', tookMs: 40 })
    expect(asked).toHaveLength(1)
  })

  test('does not remove the master’s socket, but removes other files', async () => {
    const { runtime, removed } = scripted()
    const { files } = guarded(runtime)
    await expect(files.remove('~/.colima/_lima/colima/ssh.sock')).rejects.toBeInstanceOf(
      ForbiddenAct,
    )
    await files.remove('~/.colima/default/docker.sock')
    expect(removed).toEqual(['~/.colima/default/docker.sock'])
  })

  test('sends no forbidden request on any connection, and keeps one pool', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.end('{}')
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const { runtime, close } = scripted()
    const safe = guarded(runtime)
    const dispatcher = safe.dispatcher({ verify: true })
    const { port } = server.address() as AddressInfo
    try {
      expect(safe.dispatcher({ verify: true })).toBe(dispatcher)
      const refused = await fetch(`http://127.0.0.1:${port}/api/v1/persistentvolumes/x`, {
        method: 'DELETE',
        dispatcher,
      }).catch((error: Error) => error.cause)
      expect(refused).toMatchObject({
        name: 'ForbiddenAct',
        act: 'delete-volume',
        what: 'DELETE /api/v1/persistentvolumes/x',
      })
      await (
        await fetch(`http://127.0.0.1:${port}/api/v1/pods/x`, { method: 'DELETE', dispatcher })
      ).text()
      expect(seen).toEqual(['DELETE /api/v1/pods/x'])
    } finally {
      await close()
      server.close()
    }
  })
})
