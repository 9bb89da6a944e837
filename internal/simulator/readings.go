// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

// Typeless privileges: how the type of a privilege without levels appears in answers. Listings of two Coveo services
// disagree, and both accept any of the forms.
const (
	TypelessAbsent = "absent"
	TypelessNull   = "null"
	TypelessEmpty  = "empty"
	TypelessEnable = "ENABLE"
)

// Masked key values: Coveo's pages show two forms, by era.
const (
	MaskedShort = "short"
	Masked2017  = "2017"
)

// Readings are the choices where Coveo's public documents are silent or disagree. The zero value is the likeliest
// reading of each; a client must work with all of them.
type Readings struct {
	// UnknownUserNotFound answers the overview of a user without events with 404 instead of 200 and zeros.
	UnknownUserNotFound bool
	// UnknownUserEmptyStats answers that overview with an empty map instead of zeros.
	UnknownUserEmptyStats bool
	// RepeatedDeletionNotFound answers a deletion with 404 when the user's last one covers everything there is.
	RepeatedDeletionNotFound bool
	// UnknownUserDeletionNotFound answers the deletion of a user who never had events with 404 instead of 202.
	UnknownUserDeletionNotFound bool
	// RFC3339Dates writes dates as the documents' type says instead of their prose's epoch milliseconds.
	RFC3339Dates bool
	// TypelessPrivilege is how a privilege without levels shows its type: [TypelessAbsent] (default), [TypelessNull],
	// [TypelessEmpty] or [TypelessEnable], the last with a level in listings.
	TypelessPrivilege string
	// TypelessAccess is the level that the listings of access show for a privilege without levels: EDIT_ALL (default), CUSTOM,
	// VIEW_ALL, or NONE, with which they do not name its holder at all.
	TypelessAccess string
	// MissingKeyStatus is the answer to a request for a key that does not exist: 404 (default), 410 or 403.
	MissingKeyStatus int
	// MissingGroupStatus is the answer to a request for a group that does not exist: 404 (default), 410 or 403.
	MissingGroupStatus int
	// LeanGroupList leaves members, invites and realms out of the list of groups.
	LeanGroupList bool
	// MembersJoinAtOnce makes people whom the organization does not know members as soon as they are named as such, instead
	// of inviting them.
	MembersJoinAtOnce bool
	// MaskedValueForm is how a key's value reads after its creation: [MaskedShort] (default) or [Masked2017].
	MaskedValueForm string
	// PutKeepsOmitted lets a PUT keep the fields it leaves out instead of clearing them.
	PutKeepsOmitted bool
	// KeysMayManageKeys lets API keys hold and use the privileges of the API_KEY domain.
	KeysMayManageKeys bool
	// ExplicitNulls writes unset fields as null, as Coveo's Java services do in places, instead of leaving them out.
	ExplicitNulls bool
	// InvalidTokenStatus is the answer of analytics calls to a bad bearer: 401 (default) or 400, which Coveo's search
	// framework handles. Its type is InvalidToken with both. Platform calls always answer 401.
	InvalidTokenStatus int
	// MissingPrivilegeStatus is the answer when the bearer lacks a privilege: 403 (default) or 401, which a page of
	// Coveo's calls likely.
	MissingPrivilegeStatus int
	// OrganizationsPaged answers the list of organizations with a page, as the document says, even when no paging
	// parameter is sent; Coveo's own client then expects a plain array.
	OrganizationsPaged bool
	// CreatedByString writes createdBy as a bare user name.
	CreatedByString bool
	// EvaluationReportString writes the report of a privilege evaluation as a bare code, as Coveo's client types it.
	EvaluationReportString bool
	// EventPrefix is put before each key of an overview's stats, whose names are not documented.
	EventPrefix string
	// ReorderLists shuffles every list answer, differently each time but reproducibly: nothing promises an order.
	ReorderLists bool
	// UnknownEnums answers with enum values that no document lists, as a later version of the platform may.
	UnknownEnums bool
	// IgnoreUnknownDimensions drops a comparison with a dimension that does not exist from a filter, instead of refusing
	// the request. It is the dangerous reading: a filter of nothing else lets everybody's rows through.
	IgnoreUnknownDimensions bool
	// IgnoreFilters lets every filter through unread.
	IgnoreFilters bool
	// UserDimension names the dimension of the user IDs: [UserIDDimension] (default) or [UserNameDimension], which has no
	// other one then.
	UserDimension string
	// WholeDays widens the period of an export to whole days of UTC.
	WholeDays bool
	// LateDownloadLink leaves the link out of the answers about an export until there is a file, as the document's prose
	// says; an example in Coveo's pages has it before.
	LateDownloadLink bool
	// LegacyDownloadLink puts the link of an export on the host that Coveo's example shows, which is not the one asked.
	LegacyDownloadLink bool
	// NoExportRedirect describes an export even where a redirect to its file is asked for.
	NoExportRedirect bool
	// ExportRedirectStatus is how the redirect to a file is answered: 303 (default), as documented, or 302.
	ExportRedirectStatus int
	// ExportsWithoutCreate knows no CREATE level of exports: making one takes EDIT, as older pages say.
	ExportsWithoutCreate bool
	// ExportLimitStatus is the answer to an export above the organization's limit: 412 (default), 400, 403 or 409.
	ExportLimitStatus int
	// MissingExportStatus is the answer to a request for an export that does not exist: 404 (default), 410 or 403.
	MissingExportStatus int
	// CommerceCaptureOff records no commerce query whose body has no `context.capture`; Coveo's pages say that it is recorded.
	CommerceCaptureOff bool
	// ReadOnlyStatus is the answer to a write in a read-only organization: 403 (default) or 412.
	ReadOnlyStatus int
	// WholeDayLifetimes refuses a key's lifetime with hours in it: the documents show days and months only.
	WholeDayLifetimes bool
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// leaveDocuments says whether a reading makes the successful answers of an operation differ from the OpenAPI
// documents, so that checking them would only find what was asked for.
func (r Readings) leaveDocuments(operation Operation) bool {
	switch operation {
	case ListAPIKeys, CreateAPIKey, GetAPIKey, DuplicateAPIKey, RotateAPIKey:
		return r.ExplicitNulls || r.UnknownEnums || r.CreatedByString || r.TypelessPrivilege == TypelessNull
	case ListPrivileges, ListAPIKeyPrivileges, MyPrivileges, MemberPrivileges,
		ListAPIKeyTemplates, GetAPIKeyTemplate, APIKeyTemplateEligibility:
		return r.TypelessPrivilege == TypelessNull
	case ListGroups, GetGroup, ListDefaultGroups, ListGroupMembers, GetGroupMember, GroupExclusivePrivileges:
		return r.ExplicitNulls || r.UnknownEnums || r.TypelessPrivilege == TypelessNull
	case EvaluatePrivilege, EvaluateGeneralAccess:
		return r.EvaluationReportString || r.TypelessPrivilege == TypelessNull
	case GlobalOrganization:
		return r.ExplicitNulls || r.UnknownEnums
	case OrganizationStatus, GetOrganization:
		return r.UnknownEnums
	case ListExports, CreateExport, GetExport, ListExportsOfExportSchedule, ListExportSchedules, CreateExportSchedule,
		GetExportSchedule, UpdateExportSchedule, ListExportableDimensions:
		return r.ExplicitNulls || r.UnknownEnums
	case UserOverview, DeleteUserData:
		return r.ExplicitNulls
	default:
		return false
	}
}
