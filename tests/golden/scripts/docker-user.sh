#!/bin/sh

## ================================================
## Get external interface
## ================================================

get_external_interface() {
    gateway_ip=$(ip route show default | awk '/default/ {print $3}')
    # Use the default gateway IP address to determine the external interface
    EXT_IF=$(ip route get $gateway_ip | awk '/dev/ {print $3}')
}
get_external_interface || echo "[$(date '+%Y-%m-%d %H:%M:%S')] ERROR : $?"

## ================================================
## Manage host firewall with INPUT table
## ================================================

iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -p tcp -m tcp --dport 53 -j ACCEPT
iptables -A INPUT -p udp -m udp --sport 123 -j ACCEPT
iptables -A INPUT -s 51.15.223.6/32 -m comment --comment vpn -j ACCEPT
iptables -A INPUT -s 109.190.117.17/32 -m comment --comment valmy2 -j ACCEPT
iptables -A INPUT -s 51.159.76.2/32 -m comment --comment maven -j ACCEPT
iptables -A INPUT -s 51.159.79.244/32 -m comment --comment jenkins -j ACCEPT
iptables -A INPUT -p icmp -m icmp --icmp-type 8 -m comment --comment "block icpm" -j DROP
iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -j DROP

## ================================================
## Manage docker firewall with DOCKER-USER table
## ================================================

## Limit host access to one IP and drop rest (Match the original IP and ports for requests)
iptables -I DOCKER-USER 1 -p tcp -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -I DOCKER-USER 2 -p tcp -m conntrack --ctorigsrc 51.15.223.6 -m comment --comment 'docker allow from vpn' -j ACCEPT
iptables -I DOCKER-USER 3 -p tcp -m conntrack --ctorigsrc 109.190.117.17 -m comment --comment 'docker allow from valmy2' -j ACCEPT
iptables -I DOCKER-USER 4 -i ${EXT_IF} -j DROP
iptables -I DOCKER-USER 5 -j RETURN

## ================================================
## Backup old rules and save new rules
## ================================================

cp /etc/iptablesRule.v4 /etc/iptablesRule.v4.bak
iptables-save > /etc/iptablesRule.v4
