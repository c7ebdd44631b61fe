// The tables of Services, their endpoints, Ingresses and NetworkPolicies.
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, mapAt, numberAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import {
  age,
  column,
  labelsText,
  listed,
  name,
  nameOf,
  selectorText,
  texts,
  wide,
} from './table-column.ts'

const portText = (port: JsonObject): string => {
  const node = numberAt(port, 'nodePort') ?? 0
  const number = `${numberAt(port, 'port') ?? 0}${node === 0 ? '' : `:${node}`}`
  return `${number}/${textAt(port, 'protocol') ?? 'TCP'}`
}

function externalOf(service: JsonObject): string {
  const given = textsAt(service, 'spec', 'externalIPs')
  switch (textAt(service, 'spec', 'type') ?? '') {
    case 'LoadBalancer': {
      const addresses = listAt(service, 'status', 'loadBalancer', 'ingress').map(
        each => textAt(each, 'ip') ?? textAt(each, 'hostname') ?? '',
      )
      const all = [...addresses, ...given]
      return all.length === 0 ? '<pending>' : all.join(',')
    }
    case 'ExternalName':
      return textAt(service, 'spec', 'externalName') ?? ''
    default:
      return listed(given)
  }
}

/**
 * The first three values and the number of the others. @source Kubernetes v1.35, printers:
 * formatEndpoints, formatDiscoveryEndpoints
 */
function some(values: readonly string[]): string {
  if (values.length === 0) return '<none>'
  return values.length > 3
    ? `${values.slice(0, 3).join(',')} + ${values.length - 3} more...`
    : values.join(',')
}

function slicePorts(slice: JsonObject): string {
  const ports = listAt(slice, 'ports')
  if (ports.length === 0) return '<unset>'
  return some(ports.map(port => String(numberAt(port, 'port') ?? '*')))
}

/** @source Kubernetes v1.35, printers: columns by kind */
export const networkPrinters: Readonly<Record<string, Printer>> = {
  Service: {
    columns: [
      name,
      ...texts('Type', 'Cluster-IP', 'External-IP', 'Port(s)'),
      age,
      wide('Selector'),
    ],
    cells: (object, { ageOf }) => [
      nameOf(object),
      textAt(object, 'spec', 'type') ?? 'ClusterIP',
      textAt(object, 'spec', 'clusterIP') || '<none>',
      externalOf(object),
      listed(listAt(object, 'spec', 'ports').map(portText)),
      ageOf(object),
      labelsText(mapAt(object, 'spec', 'selector')),
    ],
  },
  EndpointSlice: {
    columns: [name, ...texts('AddressType', 'Ports', 'Endpoints'), age],
    cells: (object, { ageOf }) => {
      const addresses = listAt(object, 'endpoints').flatMap(each => textsAt(each, 'addresses'))
      return [
        nameOf(object),
        textAt(object, 'addressType') ?? '',
        slicePorts(object),
        addresses.length === 0 ? '<unset>' : some(addresses),
        ageOf(object),
      ]
    },
  },
  Endpoints: {
    columns: [name, column('Endpoints'), age],
    cells: (object, { ageOf }) => {
      const all = listAt(object, 'subsets').flatMap(subset => {
        const addresses = listAt(subset, 'addresses').map(each => textAt(each, 'ip') ?? '')
        const ports = listAt(subset, 'ports').map(each => numberAt(each, 'port') ?? 0)
        return ports.length === 0
          ? addresses
          : ports.flatMap(port => addresses.map(ip => `${ip}:${port}`))
      })
      return [nameOf(object), some(all), ageOf(object)]
    },
  },
  Ingress: {
    columns: [name, ...texts('Class', 'Hosts', 'Address', 'Ports'), age],
    cells: (object, { ageOf }) => {
      const hosts = listAt(object, 'spec', 'rules')
        .map(each => textAt(each, 'host') ?? '')
        .filter(Boolean)
      const addresses = listAt(object, 'status', 'loadBalancer', 'ingress').map(
        each => textAt(each, 'ip') ?? textAt(each, 'hostname') ?? '',
      )
      return [
        nameOf(object),
        textAt(object, 'spec', 'ingressClassName') ?? '<none>',
        hosts.length === 0 ? '*' : some(hosts),
        addresses.join(','),
        listAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80',
        ageOf(object),
      ]
    },
  },
  NetworkPolicy: {
    columns: [name, column('Pod-Selector'), age],
    cells: (object, { ageOf }) => [
      nameOf(object),
      selectorText(at(object, 'spec', 'podSelector')),
      ageOf(object),
    ],
  },
}
