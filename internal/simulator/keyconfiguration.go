// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"net/http"
)

// configuredIdentity is a user or group in a key's additional configuration.
type configuredIdentity struct {
	Name     string `json:"name"`
	Provider string `json:"provider"`
	Type     string `json:"type"`
}

// documentedConfiguration is what the document has of an additional configuration. Of the rest nothing is known.
type documentedConfiguration struct {
	Search struct {
		APIKeyQueryAuthentication          []configuredIdentity `json:"apiKeyQueryAuthentication"`
		EnforcedQueryPipelineConfiguration struct {
			SearchHub string `json:"searchHub"`
		} `json:"enforcedQueryPipelineConfiguration"`
		ImpersonationRestrictions struct {
			AllowedUserIDs []configuredIdentity `json:"allowedUserIds"`
		} `json:"impersonationRestrictions"`
	} `json:"search"`
	Commerce struct {
		CatalogID string `json:"catalogId"`
	} `json:"commerce"`
	Analytics struct {
		Event struct {
			UserID          string `json:"userId"`
			UserDisplayName string `json:"userDisplayName"`
		} `json:"event"`
	} `json:"analytics"`
}

// checkConfiguration refuses what has another form than documented. Fields that no document has are kept as they come,
// which is stricter for a client that has to send them back than forgetting them would be.
func checkConfiguration(configuration map[string]any) *refusal {
	raw, err := json.Marshal(configuration)
	if err == nil {
		var known documentedConfiguration
		err = json.Unmarshal(raw, &known)
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "INVALID_JSON", "The additionalConfiguration cannot be read.")
	}
	return nil
}

// pinnedUser is the user that a key's configuration attributes its events to.
func (k *apiKey) pinnedUser() string {
	analytics, _ := k.settings.AdditionalConfiguration["analytics"].(map[string]any)
	event, _ := analytics["event"].(map[string]any)
	userID, _ := event["userId"].(string)
	return userID
}
