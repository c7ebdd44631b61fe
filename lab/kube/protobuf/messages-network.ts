// Messages of Services, EndpointSlices, Ingresses and NetworkPolicies.

/**
 * Fields by message. `message-fields.ts` explains the notation. @source Kubernetes v1.35,
 * generated.proto
 */
export const networkMessages: Readonly<Record<string, string>> = {
  ClientIPConfig: '1 timeoutSeconds i',
  Endpoint: `
    1 addresses*, 2 conditions EndpointConditions, 3 hostname, 4 targetRef ObjectReference,
    5 deprecatedTopology#, 6 nodeName, 7 zone, 8 hints EndpointHints
  `,
  EndpointConditions: '1 ready b, 2 serving b, 3 terminating b',
  EndpointHints: '1 forZones* ForZone, 2 forNodes* ForNode',
  EndpointPort: '1 name, 2 protocol, 3 port i, 4 appProtocol',
  EndpointSlice:
    '1 metadata ObjectMeta, 4 addressType, 2 endpoints* Endpoint, 3 ports* EndpointPort',
  ForNode: '1 name',
  ForZone: '1 name',
  HTTPIngressPath: '1 path, 3 pathType, 2 backend IngressBackend',
  HTTPIngressRuleValue: '1 paths* HTTPIngressPath',
  IPBlock: '1 cidr, 2 except*',
  Ingress: '1 metadata ObjectMeta, 2 spec IngressSpec, 3 status IngressStatus',
  IngressBackend: '4 service IngressServiceBackend, 3 resource TypedLocalObjectReference',
  IngressLoadBalancerIngress: '1 ip, 2 hostname, 4 ports* IngressPortStatus',
  IngressLoadBalancerStatus: '1 ingress* IngressLoadBalancerIngress',
  IngressPortStatus: '1 port i, 2 protocol, 3 error',
  IngressRule: '1 host, 2 ingressRuleValue IngressRuleValue',
  IngressRuleValue: '1 http HTTPIngressRuleValue',
  IngressServiceBackend: '1 name, 2 port ServiceBackendPort',
  IngressSpec:
    '4 ingressClassName, 1 defaultBackend IngressBackend, 2 tls* IngressTLS, 3 rules* IngressRule',
  IngressStatus: '1 loadBalancer IngressLoadBalancerStatus',
  IngressTLS: '1 hosts*, 2 secretName',
  LoadBalancerIngress: '1 ip, 2 hostname, 3 ipMode, 4 ports* PortStatus',
  LoadBalancerStatus: '1 ingress* LoadBalancerIngress',
  NetworkPolicy: '1 metadata ObjectMeta, 2 spec NetworkPolicySpec',
  NetworkPolicyEgressRule: '1 ports* NetworkPolicyPort, 2 to* NetworkPolicyPeer',
  NetworkPolicyIngressRule: '1 ports* NetworkPolicyPort, 2 from* NetworkPolicyPeer',
  NetworkPolicyPeer:
    '1 podSelector LabelSelector, 2 namespaceSelector LabelSelector, 3 ipBlock IPBlock',
  NetworkPolicyPort: '1 protocol, 2 port IntOrString, 3 endPort i',
  NetworkPolicySpec: `
    1 podSelector LabelSelector, 2 ingress* NetworkPolicyIngressRule,
    3 egress* NetworkPolicyEgressRule, 4 policyTypes*
  `,
  PortStatus: '1 port i, 2 protocol, 3 error',
  Service: '1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus',
  ServiceBackendPort: '1 name, 2 number i',
  ServicePort:
    '1 name, 2 protocol, 6 appProtocol, 3 port i, 4 targetPort IntOrString, 5 nodePort i',
  ServiceSpec: `
    1 ports* ServicePort, 2 selector#, 3 clusterIP, 18 clusterIPs*, 4 type, 5 externalIPs*,
    7 sessionAffinity, 8 loadBalancerIP, 9 loadBalancerSourceRanges*, 10 externalName,
    11 externalTrafficPolicy, 12 healthCheckNodePort i, 13 publishNotReadyAddresses b,
    14 sessionAffinityConfig SessionAffinityConfig, 19 ipFamilies*, 17 ipFamilyPolicy,
    20 allocateLoadBalancerNodePorts b, 21 loadBalancerClass, 22 internalTrafficPolicy,
    23 trafficDistribution
  `,
  ServiceStatus: '1 loadBalancer LoadBalancerStatus, 2 conditions* Condition',
  SessionAffinityConfig: '1 clientIP ClientIPConfig',
}
