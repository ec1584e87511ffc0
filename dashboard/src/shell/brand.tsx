import { Link } from '@tanstack/react-router';

export const Brand = () => (
  <Link to="/" className="flex items-center gap-2.5 px-5 pt-5 pb-3">
    <svg aria-hidden="true" viewBox="0 0 32 32" className="size-7 text-felt">
      <ellipse cx="16" cy="17" rx="9.5" ry="5.6" fill="none" stroke="currentColor" strokeWidth="2.4" />
      <g className="fill-brass">
        <circle cx="16" cy="6.8" r="2.3" />
        <circle cx="5" cy="11.4" r="2" />
        <circle cx="27" cy="11.4" r="2" />
        <circle cx="5.8" cy="24" r="2" />
        <circle cx="26.2" cy="24" r="2" />
        <circle cx="16" cy="27.6" r="2" />
      </g>
    </svg>
    <span className="font-serif text-2xl leading-none">Boardroom</span>
  </Link>
);
