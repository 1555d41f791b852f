/**
 * What senders call the fields of an alert, in lower case without `_`, `-` and
 * blanks. The order is the preference; `check.id` is the field `id` directly
 * inside an object `check`.
 */
function names(...lines: readonly string[]): readonly string[] {
  return lines.join(' ').split(' ');
}

export const TITLE = names(
  'alert.title alert.name incident.title incident.name issue.title problem.title alerttitle title eventtitle',
  'messagetitle problemtitle incidenttitle issuetitle alarmname alertname subject headline summary rulename',
  'conditionname checkname monitorname monitorfriendlyname searchname triggername eventdefinitiontitle testname',
  'buildfullname shortdescription message msg text entitydisplayname displayname name errormessage friendlyname',
  'label alarm check monitor trigger description details body output info intro memo reason event',
  'hostname host',
);

export const DESCRIPTION = names(
  'description alertdescription alarmdescription longdescription problemdetailstext statemessage newstatereason details',
  'message messagebody body text output longoutput reason incidentreason errormessage alertdetails eventmsg msg summary',
  'content note comment info intro',
);

export const RULE = names(
  'alertname alarmname rulename alertrule monitorname monitorfriendlyname checkname conditionname policyname triggername',
  'searchname detectorname eventdefinitiontitle testname buildname ruletitle trigger rule',
);

export const SERVICE = names(
  'service servicename service.name service.summary application applicationname app appname impactedentity',
  'affectedservice affectedservices component componentname projectname projectslug monitorfriendlyname monitorname',
  'checkname resourcename resourcedisplayname entitydisplayname entityid hostname host hostdisplayname host.name',
  'monitor.name site.name server servername site node instance project project.name repository pipelinename job.name',
  'bucketname',
);

export const SEVERITY = names(
  'severity alertseverity problemseverity eventseverity severityname severitylevel criticality alertpriority priority',
  'prioritylevel urgency impact level loglevel sev alertlevel',
);

export const KEY = names(
  'fingerprint dedupkey deduplicationkey dedupekey dedupid deduplicationid incidentkey alias alertkey aggregationkey',
  'alertid incidentid problemid issueid eventkey alarmarn alarmid incidenthash incident.id alert.id problem.id issue.id',
  'error.id fault.id item.id alertgroup.id entityid monitorid checkid ruleid detectorid testid monitor.id check.id',
  'rule.id check.token pid',
);

/** Ids of something watched that may have several alerts at once; what is watched belongs to the key. */
export const SHARED_KEYS = new Set(names('monitorid checkid ruleid detectorid monitor.id rule.id'));
export const SCOPE = names(
  'alertscope scope group groupkey host hostname instance resource target monitorurl url',
);

export const ENVIRONMENT = names('environment env environmentname deploymentenvironment stage tier');

export const STARTED = names(
  'startsat startedat starttime startdate triggeredat openedat firedat alerttime outagetime createdat',
);
export const ENDED = names(
  'resolvedat endsat endedat endtime closedat recoveredat canceldate cleartime updatedat',
);
export const MOMENT = names(
  'timestamp occurredat happenedat eventtime time datetime shortdatetime statechangedtimestamp updatedat createdat',
  'createdon sentat generatedat triggertime ct occurat lastupdated date',
);

export const EVENT_TYPE = names('eventtype alerttype eventname event action notificationtype type');

/** Where label sets stand, and in which objects. */
export const LABEL_FIELDS = names(
  'labels tags dimensions custom_labels commonLabels alert_tags Tags groupLabels',
);
export const LABEL_PARENTS = [
  '',
  ...names('alert. incident. event. data. data.issue. data.event. monitor. details. incident.resource.'),
];

/** Plain fields that tell one entity from another; they are labels where the payload has none of its own. */
export const ENTITY_FIELDS = new Set(
  names(
    'host hostname instance device resource region namespace pod container node cluster interface volume queue database',
    'url monitorurl',
  ),
);
