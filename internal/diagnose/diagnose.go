// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package diagnose turns errors of the API client into what Terraform shows: what happened, why, and what to do.
package diagnose

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// Error is an error diagnostic for a call that failed while doing what summary says.
func Error(summary string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, Text(err))
}

// Warning is a warning diagnostic for a call whose failure does not stop the run.
func Warning(summary, meaning string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summary, meaning+"\n\n"+Text(err))
}

// Text explains an error and says what to do about it.
func Text(err error) string {
	if errors.Is(err, coveo.ErrTokenUnknown) {
		return "The provider's access_token comes from something that does not exist yet. Apply the configuration that makes the key " +
			"first (separate configurations are the simplest way), or let this block depend on the key with depends_on, which " +
			"postpones it to apply."
	}
	var e *coveo.Error
	if !errors.As(err, &e) {
		return capitalize(err.Error()) + "."
	}
	return capitalize(err.Error()) + ".\n\n" + advice(e)
}

func advice(e *coveo.Error) string {
	switch {
	case e.OutcomeUnknown:
		return "Coveo may have carried out the request although its answer was lost, so it is not sent again."
	case coveo.IsCanceled(e):
		return "Nothing more was sent. Run the command again; a longer timeouts block helps where the time was too short."
	case coveo.IsReadOnly(e):
		return "The organization is read-only, so it accepts no change. Resume it in Coveo's administration console, then run again."
	case coveo.IsRefused(e):
		return refused(e)
	case e.Status == 429:
		return "Coveo refuses more requests for now. Run again later, or lower requests_per_second and analytics_requests_per_second " +
			"in the provider block; other users of the organization share the limit."
	case coveo.IsNotFound(e):
		return "Coveo knows no such object at this address. Check organization_id, region and environment (or platform_url and " +
			"analytics_url) in the provider block."
	case e.Status == 400 || e.Status == 412 || e.Status == 422:
		return "Coveo did not accept a value. Compare the configuration with the limits that the documentation of each attribute names."
	case e.Status >= 500 || e.Status == 0:
		return "Nothing suggests that the configuration is at fault. Run again; if it stays, look at Coveo's status page and at the " +
			"network between."
	}
	return "Check organization_id, region, environment, platform_url and analytics_url in the provider block, and what stands between " +
		"this machine and Coveo."
}

func refused(e *coveo.Error) string {
	// The platform and usage analytics spell their codes differently.
	if strings.Contains(strings.ToLower(strings.ReplaceAll(e.Code, "_", "")), "readonly") {
		return "The organization is read-only, so it accepts no change. Resume it in Coveo's administration console, then run again."
	}
	var b strings.Builder
	if e.Needs != nil {
		fmt.Fprintf(&b, "The access token is invalid or expired, is not accepted from this machine's address, or lacks the privilege "+
			"%q (%s). ", privilege.ConsoleName(*e.Needs), privilege.String(*e.Needs))
	} else {
		b.WriteString("The access token is invalid or expired, or is not accepted from this machine's address. ")
	}
	switch {
	case e.Needs != nil && e.Needs.Owner == "PLATFORM" && e.Needs.TargetDomain != "API_KEY":
		b.WriteString("Grant it to the token's owner under Organization > Groups in Coveo's administration console. If this token is an API " +
			"key, make another that holds it: an API key's privileges cannot be changed.")
	case e.Needs != nil && e.Needs.Owner == "PLATFORM":
		b.WriteString("Grant it to the token's owner under Organization > Groups in Coveo's administration console. Whether an API key " +
			"may manage API keys depends on the organization: if this token is one, try the OAuth 2.0 token of an administrator.")
	case e.Needs != nil:
		b.WriteString("An API key's privileges cannot be changed: make a key that holds it, as coveo_api_key does with its duties, and " +
			"give its value to the provider as access_token. A group's privileges are granted under Organization > Groups in " +
			"Coveo's administration console.")
	default:
		b.WriteString("Check the token, its allowed IP addresses and organization_id.")
	}
	return b.String()
}

func capitalize(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
