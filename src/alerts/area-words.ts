/**
 * What a word says of the technology an alert is about. `NAMES` are products and
 * protocols: one of them says what it is. `PARTS` are what many systems have:
 * they count where no product is named. Words are in lower case, and two with a
 * blank between them stand next to each other in the text. To add one, put it
 * in the line of its area; a word has one area.
 */

/** Where as much is said of two areas the first of them counts. */
export const AREAS = [
  'database',
  'messaging',
  'kubernetes',
  'storage',
  'cicd',
  'observability',
  'security',
  'network',
  'compute',
  'application',
  'other',
] as const;
export type Area = (typeof AREAS)[number];

type Words = Readonly<Record<Area, string>>;

export const NAMES: Words = {
  // Databases, caches, search engines, stores of agreement, and what backs them up.
  database: `
    postgres, postgresql, pg, pgbouncer, patroni, pgbackrest, pgpool, timescaledb, mysql, mysqld, mariadb, galera, innodb, percona, proxysql,
    vitess, mongodb, mongo, mongod, mongos, wiredtiger, redis, valkey, keydb, memcached, memcache, elasticsearch, opensearch, solr, lucene,
    meilisearch, typesense, cassandra, scylla, scylladb, clickhouse, couchdb, couchbase, cockroachdb, cockroach, tidb, tikv, yugabyte, oracle,
    oracledb, tablespace, asm disk, mssql, sql server, sqlserver, sql, sql database, etcd, consul, zookeeper, hbase, hadoop, hdfs,
    namenode, datanode, presto, trino, hive, impala, influxdb, neo4j, dynamodb, cosmosdb, cosmos, documentdb, rds, aurora, bigtable, elasticache,
    spanner, firestore, bigquery, snowflake, redshift, db2, sqlite, druid, pinot, arangodb, rethinkdb, weaviate, milvus, qdrant,
    hazelcast, ignite, infinispan, cnpg, cloudnativepg, barman, twemproxy, nutcracker, sybase, informix, firebird, hana, teradata, vertica, greenplum,
    vacuum, autovacuum, replset, oplog, materialized view, xid, wraparound, keyspace, cql, tombstone, rowset, gtid, binlog,
    veeam, arcserve, netbackup, backuppc, bacula, bareos, commvault, acronis, backup exec, backup server, proxmox backup, vm backup, restic, borg, rman, alwayson, availability group`,
  messaging: `
    kafka, mirrormaker, mirror maker, cruise control, strimzi, redpanda, rabbitmq, rabbit, activemq, artemis, nats, jetstream, pulsar,
    bookkeeper, bookie, mosquitto, mqtt, amqp, sqs, sns, pubsub, pub sub, kinesis, nsq, nsqd, sidekiq, celery, resque, service bus, servicebus,
    eventhub, event hub, event hubs, eventgrid, event grid, dead letter, deadletter, message queue, message broker, ibm mq, zeromq, rocketmq, emqx,
    beanstalkd, consumer group, consumergroup, consumer lag, schema registry, kafka connect, underreplicated partition, offline partition`,
  kubernetes: `
    kubernetes, kube, kubelet, kubectl, apiserver, kubeapi, statefulset, daemonset, replicaset, hpa, keda, crashloopbackoff, crashlooping, crashloop,
    openshift, k8s, k3s, rke, rancher, eks, gke, aks, helm, karpenter, autoscaler, pod, poddisruptionbudget, pdb, resourcequota, kyverno, gatekeeper,
    argo, argocd, flux, fluxcd, kustomization, helmrelease, nomad, mesos, marathon, crd, persistentvolume, persistentvolumeclaim, pvc, oomkilled, knative,
    horizontalpodautoscaler, horizontal pod, replication controller, image pull, imagepullbackoff, containerd, init container, cluster operator`,
  storage: `
    ceph, osd, rgw, rados, mds, cephfs, rbd, placement group, zfs, zpool, btrfs, minio, s3, glusterfs, gluster, lustre, nfs, smb, cifs, iscsi, longhorn, openebs,
    portworx, rook, velero, smartmon, smartctl, netapp, ontap, snapmirror, flexvol, lun, emc, unity, isilon, vnx, vmax, powermax, powerstore, compellent, equallogic,
    data domain, synology, diskstation, qnap, readynas, truenas, freenas, unraid, storwize, flashsystem, flasharray, 3par, nimble, primera, msa, eternus, oceanstore, hitachi, infortrend, dorado, quantum,
    stornext, raid, megaraid, mdadm, mdraid, physical disk, virtual disk, physical drive, virtual drive, logical drive, hot spare, nvme, blob, bucket, file share,
    storage account, storage pool, storage node, storage controller, storage system, storage array, disk array, disk shelf, san, nas, tape, tape library, filer, swift, cinder, ebs, efs, fsx, drbd, object storage, volume group, thin pool, canister, fibre channel, fiber channel, quotas`,
  cicd: `
    jenkins, gitlab, github, cicd, circleci, buildkite, teamcity, bamboo, spinnaker, tekton, pipelinerun, taskrun, drone, concourse, gocd, artifactory,
    nexus, container registry, gitaly, ci runner, build agent, build queue, harbor, sonarqube, gitea, bitbucket, azure devops, octopus deploy,
    codedeploy, codepipeline, codebuild, merge request, pull request, puppet, ansible, terraform, pipeline run, docker registry, workhorse`,
  observability: `
    prometheus, alertmanager, thanos, cortex, mimir, loki, tempo, promtail, grafana, jaeger, opentelemetry, otel, otelcol, vmagent, vmalert, vmstorage,
    vminsert, vmselect, victoriametrics, victorialogs, vmauth, vmbackup, vmanomaly, fluentd, fluentbit, fluent bit, logstash, filebeat, metricbeat, kibana, graylog,
    telegraf, statsd, pushgateway, zabbix, nagios, icinga, checkmk, datadog, newrelic, dynatrace, sentry, promscale, telemeter, catchpoint, zipkin,
    ingester, ruler, querier, query frontend, store gateway, compactor, distributor, tsdb, remote write, remote storage, rule evaluation, recording rule,
    time series, error budget, watchdog, observability, service discovery, rsyslog, syslog, scrape, vector, pyroscope, parca, uptime kuma, application insights, log analytics`,
  security: `
    vault, keycloak, ldap, openldap, slapd, active directory, kerberos, okta, saml, oauth, sso, cert manager, certmanager, acme, falco, wazuh,
    suricata, snort, crowdsec, ossec, fail2ban, antivirus, anti virus, malware, ransomware, virus, defender, clamav, intrusion, brute force, cve, exploit,
    attack, threat, credential, sudo, setuid, ptrace, rootkit, phishing, suspicious, untrusted, exfiltration, crypto mining, siem, honeypot, hsm, key vault,
    keyvault, guardduty, crowdstrike, sensitive file, passwd, mfa, account lockout, locked out, privilege escalation, cert, x509, ssl, tls, sophos, kaspersky, symantec, mcafee, trend micro, sentinelone, splunk security, reverse shell, shell, miner, symlink, namespace change, ssh, sshd, bpf, privileged container, seccomp, selinux, apparmor, stratum, metadata service, bitlocker, radius, freeradius, tacacs`,
  network: `
    nginx, haproxy, envoy, traefik, caddy, istio, istiod, linkerd, cilium, calico, flannel, varnish, squid, cloudflare, cdn, akamai, fastly, coredns, dns, bind,
    dnsmasq, unbound, powerdns, bgp, ospf, ospfv2, ospfv3, vrrp, hsrp, bfd, isis, mpls, keepalived, vpn, ipsec, wireguard, openvpn, snmp, router, switch,
    juniper, srx, cisco, catalyst, nexus switch, mikrotik, routeros, fortigate, fortinet, palo alto, sonicwall, watchguard, checkpoint, opnsense, pfsense, blockbit, ngfw, ubiquiti, unifi, aruba, arista,
    brocade, zyxel, extreme networks, ruckus, meraki, procurve, comware, tp link, d link, dlink, eltex, huawei, zte, infinera, ciena, adva, nokia, alcatel, cambium, sonic, ruijie, fiberhome, vlan, stp, spanning tree, lacp,
    transceiver, sfp, optical, dbm, laser, olt, onu, gpon, epon, pon, dsl, modem, dect, load balancer, application gateway, front door, expressroute, express route,
    virtual network, vnet, public ip, nat gateway, bastion, traffic manager, ingress, reverse proxy, packet loss, icmp, ping, blackbox, wifi, wireless, wlan, access point, ssid,
    dhcp, ntp, nic, freeswitch, sip, route53, elb, alb, nlb, api gateway, f5, big ip, netscaler, peering, conntrack, arp, iis, hubble, service mesh, ipfire, oper status, operational status, admin status, half duplex, duplex, line card, firewall, quagga, frr, bird, netflow, network interface`,
  compute: `
    windows, linux, ubuntu, debian, centos, solaris, aix, freebsd, systemd, vmware, vcenter, vsphere, esxi, esx, hypervisor, proxmox, kvm, xen, xenserver, hyper v, nutanix, docker, cadvisor,
    podman, ec2, vm, virtual machine, droplet, ipmi, idrac, ilo, bmc, irmc, ibmc, blade, ups, apc, eaton, socomec, liebert, on battery, input voltage, output voltage, input frequency, output frequency,
    inverter, rectifier, pdu, poweredge, proliant, supermicro, inspur, xclarity, openmanage, dimm, load average, reboot, kernel, dmesg, jvm, goroutine, golang, nova, as400, context switch,
    page fault, pagefile, paging file, app service, scale set, cloud service, numa, zombie, outlet temp, inlet temp, power unit, memory module, gpu, nvidia`,
  application: `
    tomcat, wildfly, jboss, weblogic, websphere, glassfish, php, fpm, rails, ruby, django, python, spring, nodejs, spark, airflow, exchange, mailbox, smtp,
    imap, pop3, mail, postfix, exim, dovecot, zimbra, citrix, xendesktop, xenapp, asterisk, wordpress, sharepoint, jira, confluence, nextcloud, owncloud, sap, datasource,
    web app, website, webpage, web site, web page, web scenario, api management, logic app, workflow, cognitive services, iot hub, machine learning, lambda, function app, openai, llm, glance,
    keystone, horizon, apdex, checkout, dag, kerio connect, pi hole, plex, jellyfin, emby, immich, minecraft, game server, lighttpd, apache, fslogix, virtual desktop, inference, training, mobile app`,
  other: `printer, toner, paper, drum, ink, cartridge, fuser, flink, kusto, printers, automation account, weather, elevator`,
};

export const PARTS: Words = {
  database: `
    database, db, replication, replica, replica lag, query, slow query, deadlock, transaction, transaction log, wal, shard, index, table, primary, backup, restore,
    compaction, keys, evicted keys, rollback, lock, locks, dtu, raft, quorum, buffer pool, archive, archiver, listener, collection, cache hit, mview, datafile, data file, fra`,
  messaging: `consumer, producer, topic, broker, queue, message, subscription, offset, under replicated, isr, publish, event, exchange rate, backlog`,
  kubernetes: `deployment, namespace, controller manager, scheduler, evicted, operator, admission, webhook, reconcile, reconciliation, unschedulable, rollout, container waiting, cronjob`,
  storage: `
    disk, filesystem, file system, fs, volume, inode, storage, drive, hard drive, hard disk, ssd, hdd, disk space, free space, iops, pool, datastore, snapshot, mount, partition, disk full,
    quota, array, enclosure, smart, spare, rebuild, bad sector, pending sector, file`,
  cicd: `ci, build, deploy, release, commit, repository, runner, job queue, pipeline, stage, artifact`,
  observability: `
    exporter, target, alert rule, alerting, alert, notification, log, metric, sample, span, trace, telemetry, monitoring, evaluation, series, chunk, block, rules, config reload,
    configuration reload, tenant, slo, collector, collection error, dropped span`,
  security: `
    certificate, auth, authentication, authorization, password, permission, token, expiry, expiration, security, audit, audit log, encryption, policy, identity, account, access denied, sealed,
    privileged, spawned, unauthorized, login, logon, group policy, domain controller, secret, privilege, sensitive, outbound connection, write below, binary, directory`,
  network: `
    network, connection, connectivity, http, https, latency, timeout, server health, backend, request rate, route, address, ip, peer, traffic, receive, transmit, dropped, drop, packet,
    unreachable, reachable, retransmit, congestion, session, web server, interface, link, port, tcp, udp, bandwidth, ethernet, gateway, proxy, upstream, egress, tunnel, throughput, mac address, wan, lan, neighbor, neighbour, rtt, endpoint, fabric, uplink, slot, board, module, rx, tx, signal, probe, bytes in, bytes out`,
  compute: `
    cpu, memory, swap, ram, host, hostname, machine, container, instance, node, server, process, power, sensor, load, system, thread, core, agent, hardware, temperature, temp, inlet, outlet, fan, psu, power supply, voltage, battery, thermal,
    processor, oom, uptime, clock, heap, gc, garbage collection, file descriptor, chassis, cooling, humidity, watt, amp, amperage, current, mains, phase, overload, bypass, frequency, runtime, fault, health, motherboard, ambient, windows service, event log, device, ecc, restart, restarted, rebooted, operating system, ntp offset, time sync, firmware, bios, supply`,
  application: `app, application, api, request, worker, user, service, services, response, status code, exception, job, task, call, license, function, model, page, client, mail queue, version, feature, component, customer, plugin, library`,
  other: `cost, budget, billing, door`,
};
