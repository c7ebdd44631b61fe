// The server as a whole: discovery, health, access, disturbances, its log and its determinism.
import { describe, expect, test } from 'vitest'
import { at, textAt } from './patch/json.ts'
import { rbac } from './api/rbac.ts'
import {
  deployment,
  deploymentsPath,
  pod,
  podsPath,
  request,
  service,
  servicesPath,
  testbed,
} from './testbed.ts'

describe('discovery', () => {
  test('gives the version and the groups', () => {
    const bed = testbed({ version: 'v1.34.2' })
    expect(at(bed.ask('GET', '/version').body, 'gitVersion')).toBe('v1.34.2')
    expect(bed.ask('GET', '/api').body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    const groups = at(bed.ask('GET', '/apis').body, 'groups')
    expect(Array.isArray(groups) ? groups.map(group => at(group, 'name')) : []).toEqual([
      'apps',
      'apiregistration.k8s.io',
      'autoscaling',
      'certificates.k8s.io',
      'flowcontrol.apiserver.k8s.io',
      'node.k8s.io',
      'resource.k8s.io',
      'batch',
      'coordination.k8s.io',
      'discovery.k8s.io',
      'events.k8s.io',
      'policy',
      'storage.k8s.io',
      'networking.k8s.io',
      'rbac.authorization.k8s.io',
      'admissionregistration.k8s.io',
      'apiextensions.k8s.io',
      'scheduling.k8s.io',
      'authentication.k8s.io',
      'authorization.k8s.io',
    ])
  })

  test('lists resources with their subresources', () => {
    const resources = at(testbed().ask('GET', '/apis/apps/v1').body, 'resources')
    expect(
      Array.isArray(resources)
        ? resources.filter(resource => textAt(resource, 'name')?.startsWith('deployments'))
        : [],
    ).toEqual([
      {
        name: 'deployments',
        singularName: 'deployment',
        namespaced: true,
        kind: 'Deployment',
        shortNames: ['deploy'],
        categories: ['all'],
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      },
      {
        name: 'deployments/scale',
        singularName: '',
        namespaced: true,
        group: 'autoscaling',
        version: 'v1',
        kind: 'Scale',
        verbs: ['get', 'patch', 'update'],
      },
      {
        name: 'deployments/status',
        singularName: '',
        namespaced: true,
        kind: 'Deployment',
        verbs: ['get', 'patch', 'update'],
      },
    ])
  })

  test.each(['/healthz', '/livez', '/readyz', '/readyz/etcd'])('%s is ok', path => {
    expect(testbed().ask('GET', path)).toMatchObject({ status: 200, body: 'ok' })
  })

  test('/readyz?verbose names its checks', () => {
    expect(testbed().ask('GET', '/readyz?verbose').body).toMatch(
      /^\[\+\]ping ok\n(\[\+\]\S+ ok\n)+readyz check passed\n$/,
    )
  })
})

describe('access', () => {
  const onlyReads = {
    allows: (who: { verb: string }) => ['get', 'list', 'watch'].includes(who.verb),
  }

  test('a refusal names the user, the verb, the resource and the place', () => {
    const bed = testbed(onlyReads)
    expect(bed.names(podsPath)).toEqual([])
    expect(bed.ask('POST', podsPath, pod('x')).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'pods is forbidden: User "kubernetes-admin" cannot create resource "pods" in API group ' +
        '"" in the namespace "default"',
      reason: 'Forbidden',
      details: { kind: 'pods' },
      code: 403,
    })
    expect(
      bed.message('PATCH', `${deploymentsPath}/x/scale`, {}, 'application/merge-patch+json'),
    ).toBe(
      'deployments.apps "x" is forbidden: User "kubernetes-admin" cannot patch resource ' +
        '"deployments/scale" in API group "apps" in the namespace "default"',
    )
    expect(bed.message('DELETE', '/api/v1/nodes/n1')).toBe(
      'nodes "n1" is forbidden: User "kubernetes-admin" cannot delete resource "nodes" in API ' +
        'group "" at the cluster scope',
    )
  })

  test('a review answers whether a request is allowed', () => {
    const ask = (bed: ReturnType<typeof testbed>, verb: string) =>
      bed.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, resource: 'pods', namespace: 'default' } },
      })
    expect(ask(testbed(), 'delete')).toMatchObject({
      status: 201,
      body: { kind: 'SelfSubjectAccessReview', status: { allowed: true } },
    })
    const open = testbed({ allows: who => who.resource === 'selfsubjectaccessreviews' })
    expect(ask(open, 'delete').body).toMatchObject({ status: { allowed: false } })
  })

  test('by the stored roles gives a user the rights of its bindings alone', () => {
    const bed = testbed()
    const allows = rbac(bed.context.store)
    const who = {
      user: 'apiserver-kubelet-client',
      verb: 'get',
      group: '',
      resource: 'nodes',
      subresource: 'proxy',
      namespace: '',
      name: 'n1',
      path: '',
    }
    expect(allows(who)).toBe(false)
    bed.put({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:kubelet-api-admin' },
      rules: [{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get', 'create'] }],
    })
    bed.put({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:kubelet-api-admin',
      },
      subjects: [{ kind: 'User', name: who.user }],
    })
    expect([
      allows(who),
      allows({ ...who, verb: 'delete' }),
      allows({ ...who, subresource: '' }),
      allows({ ...who, user: 'other' }),
    ]).toEqual([true, false, false, false])
  })
})

describe('a disturbed server', () => {
  test('gives the answer of the disturbance until that is removed', () => {
    const bed = testbed()
    const back = bed.api.disturb(asked =>
      asked.path.endsWith('/pods')
        ? { kind: 'whole', status: 500, headers: { 'content-type': 'text/plain' }, body: 'boom' }
        : undefined,
    )
    expect(bed.ask('GET', podsPath)).toEqual({
      status: 500,
      headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'content-type': 'text/plain' },
      body: 'boom',
    })
    expect(bed.ask('GET', servicesPath).status).toBe(200)
    back()
    expect(bed.ask('GET', podsPath).status).toBe(200)
  })

  test('may never answer', () => {
    const bed = testbed()
    bed.api.disturb(() => 'hang')
    expect(bed.api.handle(request('GET', '/version'))).toEqual({ kind: 'hang' })
  })
})

test('the log has each request with its time', () => {
  const bed = testbed()
  bed.ask('GET', `${podsPath}?limit=5`)
  bed.context.clock.advance(1500)
  bed.ask('DELETE', `${podsPath}/x`)
  expect(bed.api.log).toEqual([
    { at: Date.UTC(2026, 0, 1), method: 'GET', path: podsPath, query: 'limit=5' },
    { at: Date.UTC(2026, 0, 1) + 1500, method: 'DELETE', path: `${podsPath}/x`, query: '' },
  ])
})

test('the same requests to the same seed give the same bytes', () => {
  const history = (seed: number) => {
    const bed = testbed({}, seed)
    const lines: string[] = []
    const watched = bed.api.handle(
      request('GET', '/api/v1/services?watch=true&allowWatchBookmarks=true'),
    )
    if (watched.kind === 'stream')
      watched.start(
        line => lines.push(line),
        () => lines.push('end'),
      )
    const record = (...asked: Parameters<typeof request>) =>
      lines.push(JSON.stringify(bed.api.handle(request(...asked))))
    record('POST', podsPath, { ...pod('x'), metadata: { generateName: 'x-' } })
    record('POST', servicesPath, service('a', { type: 'NodePort' }))
    bed.context.clock.advance(90_000)
    record('POST', `${servicesPath}?dryRun=All`, service('b', { type: 'NodePort' }))
    record('POST', deploymentsPath, deployment('d', 3))
    record(
      'PATCH',
      `${deploymentsPath}/d`,
      { spec: { replicas: 1 } },
      'application/merge-patch+json',
    )
    record('DELETE', `${deploymentsPath}/d`, { propagationPolicy: 'Foreground' })
    bed.context.clock.advance(3_600_000)
    record('GET', `${servicesPath}?limit=1`)
    return lines.join('\n')
  }
  expect(history(7)).toBe(history(7))
  expect(history(7)).not.toBe(history(8))
})
