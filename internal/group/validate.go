// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerPattern is the form of Coveo's names for sign-in providers. The names themselves are an open set.
var providerPattern = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

const providers = "SALESFORCE, SALESFORCE_SANDBOX, GOOGLE, OFFICE365, SAML or EMAIL"

// checkConfig checks what no single attribute can tell. What depends on unknown values is left to the next look. Errors about
// people are reported on the whole resource and count them: at an attribute, Terraform prints what is written there.
func checkConfig(config *resourceModel) diag.Diagnostics {
	var diags diag.Diagnostics
	if !config.Duties.IsNull() && !config.Privileges.IsNull() && !config.Duties.IsUnknown() && !config.Privileges.IsUnknown() {
		diags.AddAttributeError(path.Root("privileges"), "Two answers to what the group may do",
			"Both duties and privileges are set, so it is open which of them counts. Keep one; where a duty and more is needed, list "+
				"all privileges one by one.")
	}
	diags.Append(checkPeople("members", config.Members)...)
	diags.Append(checkPeople("invites", config.Invites)...)
	if fullyKnown(config.Members) && fullyKnown(config.Invites) && len(without(persons(config.Invites), persons(config.Members))) != len(persons(config.Invites)) {
		diags.AddError("People in both members and invites", "Somebody is in members and in invites. Keep one: who is in members is invited as well where "+
			"Coveo does not know them yet, and who is in invites becomes a member by accepting.")
	}
	for _, field := range objects(config.Realms) {
		if provider := field("provider"); provider != "" && !providerPattern.MatchString(provider) {
			diags.AddAttributeError(path.Root("realms"), "Sign-in provider cannot be used", "A realm's provider is one of Coveo's names, such as "+providers+".")
		}
	}
	return diags
}

func checkPeople(list string, set types.Set) diag.Diagnostics {
	var diags diag.Diagnostics
	if !fullyKnown(set) {
		return nil
	}
	nobody, noAddress, noProvider, twice := 0, 0, 0, 0
	all := persons(set)
	for i, p := range all {
		switch {
		case p.username == "" && p.email == "":
			nobody++
		case p.email != "" && !strings.Contains(p.email, "@"):
			noAddress++
		case p.provider != "" && !providerPattern.MatchString(p.provider):
			noProvider++
		case p.isAmong(all[:i]):
			twice++
		}
	}
	report := func(n int, summary, detail string) {
		if n > 0 {
			diags.AddError(summary+" in "+list, plural(n, "entry", "entries")+" of "+list+" "+detail)
		}
	}
	report(nobody, "People without a name", "has neither username nor email. Set email, and provider where Coveo knows several; or set username.")
	report(noAddress, "Address cannot be used", "has an email that is no e-mail address.")
	report(noProvider, "Sign-in provider cannot be used", "has a provider that is none of Coveo's names, such as "+providers+".")
	report(twice, "People named twice", "describes somebody whom another entry describes as well. Keep one of them.")
	return diags
}
