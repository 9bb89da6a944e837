// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// model is the provider block.
type model struct {
	OrganizationID             types.String  `tfsdk:"organization_id"`
	AccessToken                types.String  `tfsdk:"access_token"`
	Region                     types.String  `tfsdk:"region"`
	Environment                types.String  `tfsdk:"environment"`
	PlatformURL                types.String  `tfsdk:"platform_url"`
	AnalyticsURL               types.String  `tfsdk:"analytics_url"`
	RequestsPerSecond          types.Float64 `tfsdk:"requests_per_second"`
	AnalyticsRequestsPerSecond types.Float64 `tfsdk:"analytics_requests_per_second"`
	MaxRetries                 types.Int64   `tfsdk:"max_retries"`
	RequestTimeout             types.String  `tfsdk:"request_timeout"`
	SubjectsFile               types.String  `tfsdk:"subjects_file"`
	Subjects                   types.Map     `tfsdk:"subjects"`
	DigestKeys                 types.Map     `tfsdk:"digest_keys"`
	DigestKeyID                types.String  `tfsdk:"digest_key_id"`
	Erasure                    types.Object  `tfsdk:"erasure"`
}

type erasureModel struct {
	MaxPerRun         types.Int64  `tfsdk:"max_per_run"`
	Simulate          types.Bool   `tfsdk:"simulate"`
	Blocked           types.String `tfsdk:"blocked"`
	LegalHolds        types.Set    `tfsdk:"legal_holds"`
	RequireHolds      types.Bool   `tfsdk:"require_holds"`
	Approvers         types.Map    `tfsdk:"approvers"`
	RequiredApprovals types.Int64  `tfsdk:"required_approvals"`
	ReceiptSigningKey types.String `tfsdk:"receipt_signing_key"`
}

func providerSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Privacy as code for Coveo: keys with exactly the privileges that a Data Subject Request takes, look-ups, " +
			"reviewed erasures, and the evidence afterwards.",
		Attributes: map[string]schema.Attribute{
			// Whom to talk to, and as whom.
			"organization_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The organization's ID, such as `acmeprod1a2b3c`. Required here or as `COVEO_ORGANIZATION_ID`. " +
					"It must be known when a plan is made, since identifier digests are bound to it.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"access_token": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "An API key, an OAuth 2.0 token or a platform token. Required here or, better, as `COVEO_ACCESS_TOKEN`: " +
					"what stands in a configuration stands in its repository. While it is unknown (a key made in the same run), resources " +
					"plan without asking Coveo, and data sources cannot be read.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"region": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Where the organization lives: `us` (default), `eu`, `au` or `ca`. Also `COVEO_REGION`. The HIPAA environment has one host, whatever the region.",
				Validators:          []validator.String{stringvalidator.OneOf(coveo.Regions()...)},
			},
			"environment": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "`production` (default) or `hipaa`. Also `COVEO_ENVIRONMENT`.",
				Validators:          []validator.String{stringvalidator.OneOf(coveo.Environments()...)},
			},
			"platform_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Scheme and host of the platform, without a path, instead of the one that region and environment give. " +
					"Also `COVEO_PLATFORM_URL`. Plain `http` is accepted for loopback addresses only.",
				Validators: []validator.String{urlValidator{coveo.CheckPlatformURL, "scheme and host, no path"}},
			},
			"analytics_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Base of the usage analytics API, including `/rest/ua`. Also `COVEO_ANALYTICS_URL`. Default: the platform's URL " +
					"followed by `/rest/ua`. Coveo's documents name other hosts as well, such as `https://analytics.cloud.coveo.com/rest/ua`.",
				Validators: []validator.String{urlValidator{coveo.CheckAnalyticsURL, "including the path, as in https://analytics.cloud.coveo.com/rest/ua"}},
			},

			// How to talk.
			"requests_per_second": schema.Float64Attribute{
				Optional:            true,
				MarkdownDescription: "Platform calls (keys, privileges) that this provider instance sends in a second. Default `10`. Other users of the organization share its limit.",
				Validators:          []validator.Float64{float64validator.Between(0.01, 10000)},
			},
			"analytics_requests_per_second": schema.Float64Attribute{
				Optional: true,
				MarkdownDescription: "Usage analytics calls (overviews, erasures) that this provider instance sends in a second in the long run. Default `1`. " +
					"The first 60 pass at once; a refusal for too many requests ends that for the rest of the run.",
				Validators: []validator.Float64{float64validator.Between(0.01, 10000)},
			},
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "How often a call is tried again, from `0` to `20`. Default `5`. Refusals for too many requests are tried again whatever " +
					"the call; gateway errors and broken connections only where a second call asks for nothing more (never when a key is created).",
				Validators: []validator.Int64{int64validator.Between(0, 20)},
			},
			"request_timeout": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "How long one attempt may take, such as `30s` (default) or `1m30s`.",
				Validators:          []validator.String{durationValidator{}},
			},

			// Who is who.
			"subjects_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Path of the vault: a JSON object from case reference to a list of the person's identifiers, read at run time and " +
					"never written anywhere. Also `COVEO_SUBJECTS_FILE`. The recommended form; only one of it and `subjects`. " +
					"A file that its group or others can read gets a warning.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"subjects": schema.MapAttribute{
				Optional: true, Sensitive: true,
				ElementType: types.SetType{ElemType: types.StringType},
				MarkdownDescription: "The vault as a value, best from an `ephemeral` variable: any other variable puts its identifiers into every plan file. " +
					"Case reference to a set of identifiers.",
			},
			"digest_keys": schema.MapAttribute{
				Optional: true, Sensitive: true,
				ElementType: types.StringType,
				MarkdownDescription: "Secrets of at least 32 bytes, by key ID, from which identifier digests are computed. Also `COVEO_DIGEST_KEYS`, as a JSON " +
					"object. Needed for every `subject` and every erasure. Removing a key makes the digests under it unlinkable to people; " +
					"records that were executed under it stay as they are.",
			},
			"digest_key_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The key that new records use. Required when there is more than one.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},

			// What erasures may do.
			"erasure": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "What erasures may do, and who has to approve them. The runner's policy file, a JSON object with the same keys " +
					"(apart from `receipt_signing_key`) that the environment variable `COVEO_ERASURE_POLICY_FILE` names, can only tighten it: a pull " +
					"request that changes this block does not get past that file.",
				Attributes: map[string]schema.Attribute{
					"max_per_run": schema.Int64Attribute{
						Optional: true,
						MarkdownDescription: "At most this many cases are erased in one run; one more is an error at plan, and nothing of that plan can be applied. " +
							"Default `25`; `0` refuses every erasure.",
						Validators: []validator.Int64{int64validator.AtLeast(0)},
					},
					"simulate": schema.BoolAttribute{
						Optional: true,
						MarkdownDescription: "Rehearse: every gate and every look, but no erasure. New cases get the status `simulated`, and are erased by the first " +
							"run without it; cases that were erased before wait. Default `false`.",
					},
					"blocked": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "What a shut gate does: `wait` (default) keeps that case back, with a warning, and lets the others through; `error` fails the plan.",
						Validators:          []validator.String{stringvalidator.OneOf("wait", "error")},
					},
					"legal_holds": schema.SetAttribute{
						Optional: true, ElementType: types.StringType,
						MarkdownDescription: "Identifier digests that must not be erased, under any of the digest keys. A case that names one of them waits. " +
							"An empty set says that there are no holds; leaving it out says that nobody checked.",
						Validators: []validator.Set{setvalidator.ValueStringsAre(digestValidator{})},
					},
					"require_holds": schema.BoolAttribute{
						Optional: true,
						MarkdownDescription: "With `true`, cases wait while their legal holds cannot be checked: none are declared, or one is under a digest key that " +
							"is gone. Default `false`.",
					},
					"approvers": schema.MapAttribute{
						Optional: true, ElementType: types.StringType,
						MarkdownDescription: "Names and SSH public keys (ed25519, ECDSA, RSA from 2048 bits, and security keys) of those who may approve erasures. " +
							"One key stands for one name.",
					},
					"required_approvals": schema.Int64Attribute{
						Optional:            true,
						MarkdownDescription: "How many different approvers have to approve a request before anything is sent. Default `0`.",
						Validators:          []validator.Int64{int64validator.AtLeast(0)},
					},
					"receipt_signing_key": schema.StringAttribute{
						Optional: true, Sensitive: true,
						MarkdownDescription: "An SSH private key (ed25519, or RSA from 2048 bits, without a passphrase) that signs receipts. Better given as " +
							"`COVEO_RECEIPT_SIGNING_KEY`. Without it receipts are not signed.",
					},
				},
			},
		},
	}
}
