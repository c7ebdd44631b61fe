// The addresses and node ports of Services.
import { describe, expect, test } from 'vitest'
import { at } from '#lab/kube/patch/json.ts'
import { service, servicesPath, testbed } from '#lab/kube/testbed.ts'

describe('Services', () => {
  const ports = (body: Parameters<typeof at>[0]) => ({
    type: at(body, 'spec', 'type'),
    nodePort: at(body, 'spec', 'ports', 0, 'nodePort'),
  })

  test('get a free address, and NodePorts a port above the lower band', () => {
    const bed = testbed()
    const one = bed.ask('POST', servicesPath, service('one')).body
    const two = bed.ask('POST', servicesPath, service('two', { type: 'NodePort' })).body
    expect(at(one, 'spec', 'clusterIP')).toMatch(/^10\.96\.\d+\.\d+$/)
    expect(ports(one)).toEqual({ type: 'ClusterIP', nodePort: undefined })
    expect(Number(ports(two).nodePort)).toBeGreaterThanOrEqual(30_086)
    expect(Number(ports(two).nodePort)).toBeLessThanOrEqual(32_767)
    expect(at(one, 'spec', 'clusterIP')).not.toBe(at(two, 'spec', 'clusterIP'))
  })

  test('may not use a node port of another Service', () => {
    const bed = testbed()
    bed.ask(
      'POST',
      servicesPath,
      service('one', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }),
    )
    expect(
      bed.ask(
        'POST',
        servicesPath,
        service('two', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }),
      ).body,
    ).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'Service "two" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port ' +
        'is already allocated',
      reason: 'Invalid',
      details: {
        name: 'two',
        kind: 'Service',
        causes: [
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: 30080: provided port is already allocated',
            field: 'spec.ports[0].nodePort',
          },
        ],
      },
      code: 422,
    })
  })

  test('have node ports in the range of the options', () => {
    const wanted = service('pds', { type: 'NodePort', ports: [{ port: 3000, nodePort: 3000 }] })
    expect(testbed().message('POST', servicesPath, wanted)).toBe(
      'Service "pds" is invalid: spec.ports[0].nodePort: Invalid value: 3000: provided port is ' +
        'not in the valid range. The range of valid ports is 30000-32767',
    )
    expect(
      testbed({ nodePorts: { from: 1, to: 65_535 } }).ask('POST', servicesPath, wanted).status,
    ).toBe(201)
  })

  test('may use one node port for TCP and for UDP', () => {
    const both = service('dns', {
      type: 'NodePort',
      ports: [
        { name: 'u', port: 53, protocol: 'UDP', nodePort: 30_053 },
        { name: 't', port: 53, protocol: 'TCP', nodePort: 30_053 },
      ],
    })
    expect(testbed().ask('POST', servicesPath, both).status).toBe(201)
  })

  test('keep their node port until they become a ClusterIP', () => {
    const bed = testbed()
    bed.ask('POST', servicesPath, service('x'))
    const patch = (body: object) => bed.mergePatch(`${servicesPath}/x`, body).body
    const port = ports(patch({ spec: { type: 'NodePort' } })).nodePort
    expect(port).toBeTypeOf('number')
    const replaced = bed.ask('PUT', `${servicesPath}/x`, service('x', { type: 'NodePort' }))
    expect({ status: replaced.status, ...ports(replaced.body) }).toEqual({
      status: 200,
      type: 'NodePort',
      nodePort: port,
    })
    expect(ports(patch({ spec: { type: 'ClusterIP' } }))).toEqual({
      type: 'ClusterIP',
      nodePort: undefined,
    })
  })

  test('have an address of their own that does not change', () => {
    const bed = testbed()
    bed.ask('POST', servicesPath, service('x', { clusterIP: '10.96.0.10' }))
    expect(bed.message('POST', servicesPath, service('y', { clusterIP: '10.96.0.10' }))).toBe(
      'Service "y" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to ' +
        'allocate IP 10.96.0.10: provided IP is already allocated',
    )
    expect(
      bed.message(
        'PATCH',
        `${servicesPath}/x`,
        { spec: { clusterIP: '10.96.0.11' } },
        'application/merge-patch+json',
      ),
    ).toBe(
      'Service "x" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.11"]: may not ' +
        'change once set',
    )
  })
})
