#!/bin/sh
# It is set up from a file on a stick; a broker and a platform run in the machine
# Promised: setup ends with 0, for a band was heard and the platform has answered the test alert
. ./words.sh
cat >/etc/mosquitto/conf.d/here.conf <<'CONF'
listener 1883 127.0.0.1
allow_anonymous false
password_file /etc/mosquitto/people
CONF
touch /etc/mosquitto/people
mosquitto_passwd -b /etc/mosquitto/people here secret
mosquitto_passwd -b /etc/mosquitto/people platform secret
chown mosquitto: /etc/mosquitto/people
chmod 600 /etc/mosquitto/people
install -m 755 dispatcher.py /usr/local/sbin/dispatcher
cat >/etc/systemd/system/dispatcher.service <<'UNIT'
[Unit]
After=mosquitto.service
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/local/sbin/dispatcher
StateDirectory=dispatcher
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
UNIT
systemctl unmask mosquitto
systemctl daemon-reload
systemctl enable --now mosquitto dispatcher
say "mosquitto $(dpkg-query -W -f '${Version}' mosquitto) is $(systemctl is-active mosquitto)"

install -d -m 700 /media/stick
cp site.toml /media/stick
printf secret >/media/stick/password.txt
lifering setup --from /media/stick/site.toml --seconds 300
[ "$(systemctl is-enabled lifering)" = enabled ] || broken "it does not start at the next boot"
rm -r /media/stick
