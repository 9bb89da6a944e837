// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

type addressValidator struct{}

func (addressValidator) Description(context.Context) string {
	return "must be an IP address or a CIDR range"
}
func (v addressValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (addressValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := checkAddress(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Address cannot be used", problem)
	}
}

// checkAddress says what is wrong with an address or a range and what would be right, or nothing.
func checkAddress(entry string) string {
	if !strings.Contains(entry, "/") {
		if address, err := netip.ParseAddr(entry); err != nil || address.Zone() != "" {
			return fmt.Sprintf("%q is neither an IP address nor a CIDR range. Write an address such as 203.0.113.7 or 2001:db8::7, or a range "+
				"such as 203.0.113.0/24 or 2001:db8::/48.", entry)
		}
		return ""
	}
	prefix, err := netip.ParsePrefix(entry)
	if err != nil {
		return fmt.Sprintf("%q is no CIDR range. Write an address, a slash and the number of leading bits that count, such as 203.0.113.0/24 "+
			"or 2001:db8::/48.", entry)
	}
	if masked := prefix.Masked(); masked != prefix {
		return fmt.Sprintf("%q names an address inside the range that it describes, so it is open which of the two is meant. Write %s for "+
			"the range, or %s for the one address.", entry, masked, prefix.Addr())
	}
	return ""
}

// durationValidator checks a duration; of says what it is.
type durationValidator struct{ of string }

func (durationValidator) Description(context.Context) string {
	return "must be an ISO 8601 duration such as P90D"
}
func (v durationValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (v durationValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := iso8601.Parse(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Duration cannot be used",
			fmt.Sprintf("%q cannot be used as a %s: %s.", req.ConfigValue.ValueString(), v.of, err))
	}
}

// checkConfig checks what no single attribute can tell. What depends on unknown values is left to the next look: Terraform
// asks again at plan and, when the last value is known, just before the apply.
func checkConfig(config *resourceModel) diag.Diagnostics {
	var diags diag.Diagnostics
	spelled := map[string]attr.Value{"duties": config.Duties, "privileges": config.Privileges, "template_id": config.TemplateID}
	var set, known []string
	for _, name := range slices.Sorted(maps.Keys(spelled)) {
		if !spelled[name].IsNull() {
			set = append(set, name)
			if !spelled[name].IsUnknown() {
				known = append(known, name)
			}
		}
	}
	switch {
	case len(set) == 0:
		diags.AddAttributeError(path.Root("duties"), "Nothing said about what the key may do",
			`None of duties, privileges and template_id is set. Set duties, such as ["overview", "erasure"], or list privileges one by one, or name a template.`)
		return diags
	case len(known) > 1:
		diags.AddAttributeError(path.Root(known[len(known)-1]), "Two answers to what the key may do",
			"Both "+strings.Join(known, " and ")+" are set, so it is open which of them counts. Keep one; where a duty and more is needed, list "+
				"all privileges one by one.")
		return diags
	}
	diags.Append(checkRenewal(config)...)
	if mayErase(config) && !config.UnrestrictedErasure.IsUnknown() && !config.UnrestrictedErasure.ValueBool() {
		diags.Append(checkErasure(config)...)
	}
	return diags
}

// mayErase tells whether what is known of a configuration lets the key erase, however it is spelled.
func mayErase(config *resourceModel) bool {
	return slices.Contains(texts(config.Duties), string(privilege.Erasure)) || privilege.MayErase(privilegeset.Read(config.Privileges))
}

func checkErasure(config *resourceModel) diag.Diagnostics {
	const reason = "This key may erase everything usage analytics holds on any person, which cannot be undone. "
	const wayOut = " If a key without that limit is what you want, say unrestricted_erasure = true."
	var diags diag.Diagnostics
	allowed := config.AllowedIPs
	if !allowed.IsUnknown() && len(allowed.Elements()) == 0 {
		diags.AddAttributeError(path.Root("allowed_ips"), "Key that may erase can be used from anywhere",
			reason+`Set allowed_ips to the addresses that the erasures are run from, such as ["203.0.113.0/24"].`+wayOut)
	}
	for _, entry := range texts(allowed) {
		if everyAddress(entry) {
			diags.AddAttributeError(path.Root("allowed_ips").AtSetValue(types.StringValue(entry)), "Key that may erase can be used from anywhere",
				reason+fmt.Sprintf("The range %s holds every address, so it limits nothing. Name the addresses that the erasures are run from.", entry)+wayOut)
		}
	}
	if config.Lifetime.IsNull() {
		diags.AddAttributeError(path.Root("lifetime"), "Key that may erase has no end",
			reason+"Set lifetime to how long the key is needed, such as P90D."+wayOut)
	}
	return diags
}

func everyAddress(entry string) bool {
	prefix, err := netip.ParsePrefix(entry)
	return err == nil && prefix.Bits() == 0
}

func hasEveryAddress(set types.Set) bool { return slices.ContainsFunc(texts(set), everyAddress) }

// checkRenewal refuses a window that is as long as the key lives: every run would make a new key.
func checkRenewal(config *resourceModel) (diags diag.Diagnostics) {
	window, err := iso8601.Parse(config.RenewBefore.ValueString())
	lifetime, lifetimeErr := iso8601.Parse(config.Lifetime.ValueString())
	if err != nil || lifetimeErr != nil {
		// Absent, unknown, or refused on its own.
		return nil
	}
	// Months differ in length, so the shortest ones decide.
	start := time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC)
	if !window.After(start).Before(lifetime.After(start)) {
		diags.AddAttributeError(path.Root("renew_before"), "Key would be replaced by every run", fmt.Sprintf("renew_before is %s and lifetime is %s, so a "+
			"new key would have to be replaced at once. Make renew_before shorter than lifetime.", config.RenewBefore.ValueString(), config.Lifetime.ValueString()))
	}
	return diags
}

// asked is the set of privileges that a configuration spells out, nil for a template; ok is false while a part of it is unknown.
func (s *Service) asked(config *resourceModel) (set []privilege.Privilege, ok bool, err error) {
	if !fullyKnown(config.Duties) || !fullyKnown(config.Privileges) {
		return nil, false, nil
	}
	if !config.TemplateID.IsNull() {
		// What a template gives is not in the configuration.
		return nil, !config.TemplateID.IsUnknown(), nil
	}
	if !config.Duties.IsNull() {
		set, err = s.expand(texts(config.Duties))
		return set, err == nil, err
	}
	return privilege.CanonicalSet(privilegeset.Read(config.Privileges)), true, nil
}

func fullyKnown(set types.Set) bool {
	if set.IsUnknown() {
		return false
	}
	for _, element := range set.Elements() {
		if element.IsUnknown() {
			return false
		}
		if object, ok := element.(types.Object); ok {
			for _, field := range object.Attributes() {
				if field.IsUnknown() {
					return false
				}
			}
		}
	}
	return true
}
