// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

// evaluationRequest is the body of a privilege evaluation.
type evaluationRequest struct {
	OrganizationID     string     `json:"organizationId"`
	RequestedPrivilege *Privilege `json:"requestedPrivilege"`
}

// The codes of an evaluation's report.
const (
	granted          = "OPERATION_GRANTED"
	notAllowed       = "OPERATION_NOT_ALLOWED"
	otherOrg         = "OPERATION_FORBIDDEN_FOR_AUTHENTICATION_BOUND_TO_DIFFERENT_ORGANIZATION"
	forbiddenOrg     = "OPERATION_FORBIDDEN_FOR_ORGANIZATION"
	readOnlyOrg      = "OPERATION_FORBIDDEN_FOR_ORGANIZATION_IN_READ_ONLY"
	wrongLocation    = "OPERATION_FORBIDDEN_FROM_REQUEST_LOCATION"
	invalidPrivilege = "OPERATION_FORBIDDEN_INVALID_PRIVILEGE_REQUEST"
)

func (o *Organization) evaluatePrivilege(x *exchange) answer {
	var request evaluationRequest
	if problem := x.decode(&request); problem != nil {
		return x.refused(problem)
	}
	code := o.generalAccess(x, request.OrganizationID)
	p := request.RequestedPrivilege
	switch {
	case p == nil || p.Owner == "" || p.TargetDomain == "":
		code = invalidPrivilege
	case code != granted:
	case !o.mayUse(x, need{p.Owner, p.TargetDomain, p.normalize().Type, orDefault(p.TargetID, everyTarget)}):
		code = notAllowed
	case o.readOnly && writes(p.normalize()):
		code = readOnlyOrg
	}
	return ok(o.evaluation(request, code))
}

func (o *Organization) evaluateGeneralAccess(x *exchange) answer {
	var request evaluationRequest
	if problem := x.decode(&request); problem != nil {
		return x.refused(problem)
	}
	return ok(o.evaluation(request, o.generalAccess(x, request.OrganizationID)))
}

// generalAccess says whether the caller may touch the organization at all.
func (o *Organization) generalAccess(x *exchange, organizationID string) string {
	switch {
	case organizationID != o.options.OrganizationID && x.caller.kind == APIKey:
		return otherOrg
	case organizationID != o.options.OrganizationID:
		return forbiddenOrg
	case !o.locationAllowed(x.caller):
		return wrongLocation
	default:
		return granted
	}
}

// writes says whether a privilege is one that a read-only organization does not honour.
func writes(p Privilege) bool {
	return p.Type == "EDIT" || p.Type == "CREATE" || p.TargetDomain == ErasurePrivilege().TargetDomain
}

func (o *Organization) evaluation(request evaluationRequest, code string) map[string]any {
	var report any = map[string]any{"privilegeEvaluationResultCodes": []string{code}}
	if o.options.Readings.EvaluationReportString {
		report = code
	}
	body := map[string]any{
		"organizationId":   request.OrganizationID,
		"approved":         code == granted,
		"evaluationReport": report,
	}
	if p := request.RequestedPrivilege; p != nil {
		body["requestedPrivilege"] = o.renderPrivileges([]Privilege{p.normalize()}, true)[0]
	}
	return body
}
